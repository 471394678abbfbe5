// Weights in other files: in the folder of the model, and nowhere else.
#include <gmock/gmock.h>

#include <cstring>

#include "formats/exchange/onnx_source.h"
#include "tests/support/error_message.h"
#include "tests/support/onnx_run.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::decoded;
using test::error_message;
using test::OnnxFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr float kFloats[] = {1, -2, 0.5F, 4, 0, -6};

/// A layer of 3 inputs and 2 outputs, for a test to add the weights "w", 2 x 3.
OnnxFile layer() {
  OnnxFile file;
  file.input("x", {-1, 3}).node("Gemm", {"x", "w"}, "y").with("transB", 1).output("y");
  return file;
}

void expect_weights(const Model& model) {
  EXPECT_THAT(model.parameters.at(0).value.span(), ElementsAre(1, -2, 0.5F, 4, 0, -6));
}

/// Weights "w" of these dimensions, in another file.
void external_weights(OnnxFile& file, const std::vector<std::int64_t>& dims,
                      const std::string& location, const std::string& offset) {
  onnx::TensorProto& tensor = file.tensor("w", dims, onnx::TensorProto::FLOAT);
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  for (const auto& [key, value] : {std::pair("location", location), std::pair("offset", offset)}) {
    auto* entry = tensor.add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  }
}

/// A folder "model" with weights behind 8 bytes of something else, and a secret beside it.
class ExternalData : public ::testing::Test {
 protected:
  ExternalData() {
    std::vector<std::uint8_t> bytes(8 + sizeof kFloats);
    std::memcpy(bytes.data() + 8, kFloats, sizeof kFloats);
    test::write_bytes(folder_ / "model/data/weights", bytes);
    test::write_bytes(folder_ / "secret", bytes);
    std::filesystem::create_symlink(folder_ / "secret", folder_ / "model/link");
    std::filesystem::create_symlink("data/weights", folder_ / "model/inside");
  }

  Model read(const std::string& location, const std::string& offset = "8") const {
    OnnxFile file = layer();
    external_weights(file, {2, 3}, location, offset);
    return read(file);
  }

  Model read(const OnnxFile& file) const {
    test::write_bytes(folder_ / "model/net.onnx", file.bytes());
    return read_onnx(folder_ / "model/net.onnx");
  }

  /// A file of zeros.
  void zeros(std::int64_t floats) const {
    const std::filesystem::path path = folder_ / "model/zeros";
    test::write_bytes(path, {});
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(floats) * sizeof(float));
  }

  std::string refusal(const std::string& location, const std::string& offset = "8") const {
    return error_message<FileError>([&] { read(location, offset); });
  }

  test::TemporaryDirectory folder_;
};

TEST_F(ExternalData, IsReadFromTheModelsFolder) {
  expect_weights(read("data/weights"));
  expect_weights(read("./data/weights"));
  expect_weights(read("inside"));
}

TEST_F(ExternalData, IsReadFromNowhereElse) {
  for (const std::string& location :
       {std::string("../secret"), (folder_ / "secret").string(), std::string("link"), std::string(),
        std::string("data/../../secret"), std::string("nothing/../../secret")})
    EXPECT_THAT(refusal(location), HasSubstr("expected a file in the folder of the model, got '"))
        << location;
  OnnxFile file = layer();
  external_weights(file, {2, 3}, "data/weights", "8");
  EXPECT_THAT(error_message<FileError>([&] { decoded(file); }), HasSubstr("external data"));
}

TEST_F(ExternalData, MustBeThereInFull) {
  EXPECT_THAT(refusal("nothing"), HasSubstr("cannot read"));
  EXPECT_THAT(refusal("data"), HasSubstr("of a regular file"));
  EXPECT_THAT(refusal("data/weights", "9"), HasSubstr("expected 24 bytes"));
  EXPECT_THAT(refusal("data/weights", "18446744073709551615"), HasSubstr("expected 24 bytes"));
  EXPECT_THAT(refusal("data/weights", "-1"), HasSubstr("expected a number of bytes as offset"));
}

/// What is made of a file may be so many times as large as it is, whatever stands in another one.
TEST_F(ExternalData, MayBeLarge) {
  constexpr std::int64_t kInputs = 4096, kOutputs = 2049;  // 2^23 values take 64 MiB
  zeros(kInputs * kOutputs);
  OnnxFile file;
  file.input("x", {-1, kInputs}).node("MatMul", {"x", "w"}, "y").output("y");
  external_weights(file, {kInputs, kOutputs}, "zeros", "0");
  EXPECT_EQ(read(file).parameter_count(), (kInputs + 1) * kOutputs);
}

/// Or few bytes that are read often would allow for tensors of any size.
TEST_F(ExternalData, CountsOnceHoweverOftenItIsRead) {
  constexpr std::int64_t kInputs = 16384;
  zeros(kInputs);
  OnnxFile file;
  std::vector<std::string> terms{"x"};
  for (int i = 0; i < 60; ++i) terms.emplace_back("w");
  file.input("x", {-1, kInputs}).node("Sum", terms, "sum").integers("shape", {kInputs, 1024});
  external_weights(file, {kInputs}, "zeros", "0");
  file.node("ConstantOfShape", {"shape"}, "m").node("MatMul", {"sum", "m"}, "y").output("y");
  EXPECT_THAT(error_message<FileError>([&] { read(file); }),
              HasSubstr("(ConstantOfShape, opset 13): expected tensors in proportion to the file"));
}

TEST(OnnxCoverage, CountsBytesOnce) {
  OnnxCoverage coverage;
  EXPECT_EQ(coverage.add(10, 20), 10U);
  EXPECT_EQ(coverage.add(15, 25), 5U);
  EXPECT_EQ(coverage.add(0, 5), 5U);
  EXPECT_EQ(coverage.add(2, 12), 5U);
  EXPECT_EQ(coverage.add(40, 50), 10U);
  EXPECT_EQ(coverage.add(0, 60), 25U);
  EXPECT_EQ(coverage.add(0, 60), 0U);
}

}  // namespace
}  // namespace karnin
