// Weights in every form that a file may give them: seen as the rows of a fully connected layer.
#include <gmock/gmock.h>

#include <bit>

#include "tests/support/error_message.h"
#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::error_message;
using test::OnnxFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Type = onnx::TensorProto;

/// A layer of 3 inputs and 2 outputs, for a test to add the weights "w", 2 x 3.
OnnxFile gemm() {
  OnnxFile file;
  file.input("x", {-1, 3}).node("Gemm", {"x", "w"}, "y").with("transB", 1).output("y");
  return file;
}

std::span<const float> weights_of(const Model& model) {
  return model.parameters.at(0).value.span();
}

void expect_reals(const Model& model) {
  EXPECT_THAT(weights_of(model), ElementsAre(1, -2, 0.5F, 4, 0, -6));
}

constexpr std::uint16_t kHalves[] = {0x3C00, 0xC000, 0x3800, 0x4400, 0x8000, 0xC600};
constexpr std::uint16_t kBfloats[] = {0x3F80, 0xC000, 0x3F00, 0x4080, 0x0000, 0xC0C0};
constexpr float kReals[] = {1, -2, 0.5F, 4, 0, -6};

TEST(OnnxTensors, RealsAreReadRawAndTyped) {
  for (const bool raw : {false, true}) {
    OnnxFile floats = gemm(), doubles = gemm(), halves = gemm(), bfloats = gemm();
    Type& f = floats.tensor("w", {2, 3}, Type::FLOAT);
    Type& d = doubles.tensor("w", {2, 3}, Type::DOUBLE);
    Type& h = halves.tensor("w", {2, 3}, Type::FLOAT16);
    Type& b = bfloats.tensor("w", {2, 3}, Type::BFLOAT16);
    const std::vector<double> wide(std::begin(kReals), std::end(kReals));
    if (raw) {
      f.set_raw_data(kReals, sizeof kReals);
      d.set_raw_data(wide.data(), wide.size() * sizeof(double));
      h.set_raw_data(kHalves, sizeof kHalves);
      b.set_raw_data(kBfloats, sizeof kBfloats);
    }
    for (int i = 0; i < 6 && !raw; ++i) {
      f.add_float_data(kReals[i]);
      d.add_double_data(kReals[i]);
      h.add_int32_data(kHalves[i]);
      b.add_int32_data(kBfloats[i]);
    }
    for (const OnnxFile& file : {floats, doubles, halves, bfloats}) expect_reals(decoded(file));
  }
}

/// Every binary16 but NaN, against the value that its bits stand for.
TEST(OnnxTensors, HalvesAreExact) {
  for (int bits = 0; bits < 0x7C00; ++bits) {
    const int exponent = bits >> 10, fraction = bits & 0x3FF;
    const double expected =
        exponent == 0 ? fraction * 0x1p-24 : (1 + fraction * 0x1p-10) * std::exp2(exponent - 15);
    if (bits % 97 != 0 && exponent != 0 && exponent != 30) continue;  // a thousand are enough
    OnnxFile file = gemm();
    Type& tensor = file.tensor("w", {2, 3}, Type::FLOAT16);
    for (int i = 0; i < 6; ++i) tensor.add_int32_data(i % 2 == 0 ? bits : bits | 0x8000);
    const Model model = decoded(file);
    ASSERT_EQ(weights_of(model)[0], expected) << bits;
    ASSERT_EQ(weights_of(model)[1], -expected) << bits;
  }
}

TEST(OnnxTensors, QuantizedWeightsAreScaled) {
  OnnxFile whole = gemm(), rows = gemm();
  for (OnnxFile* file : {&whole, &rows}) {
    Type& tensor = file->tensor("q", {2, 3}, Type::INT8);
    for (const int value : {4, -2, 3, 10, 2, -10}) tensor.add_int32_data(value);
  }
  whole.reals("scale", {}, {0.5F}).tensor("zero", {}, Type::INT8).add_int32_data(2);
  rows.reals("scale", {2}, {0.5F, 2}).tensor("zero", {2}, Type::INT8).add_int32_data(2);
  rows.proto().mutable_graph()->mutable_initializer()->rbegin()->add_int32_data(0);
  whole.node("DequantizeLinear", {"q", "scale", "zero"}, "w");
  rows.node("DequantizeLinear", {"q", "scale", "zero"}, "w").with("axis", 0);
  for (OnnxFile* file : {&whole, &rows})  // the layer comes after what it reads
    file->proto().mutable_graph()->mutable_node()->SwapElements(0, 1);
  EXPECT_THAT(weights_of(decoded(whole)), ElementsAre(1, -2, 0.5F, 4, 0, -6));
  EXPECT_THAT(weights_of(decoded(rows)), ElementsAre(1, -2, 0.5F, 20, 4, -20));
}

/// A scalar has no axis for two zero points; and they have one of their own where the scale is one.
TEST(OnnxTensors, ZeroPointsAreChecked) {
  OnnxFile scalar = gemm(), columns = gemm();
  scalar.tensor("q", {}, Type::INT8).add_int32_data(4);
  Type& tensor = columns.tensor("q", {2, 3}, Type::INT8);
  for (const int value : {4, -2, 3, 10, 2, -10}) tensor.add_int32_data(value);
  for (OnnxFile* file : {&scalar, &columns}) {
    file->reals("scale", {}, {0.5F});
    Type& zero = file->tensor("zero", {file == &scalar ? 2 : 3}, Type::INT8);
    for (int i = 0; i < zero.dims(0); ++i) zero.add_int32_data(2 * i);
    file->node("DequantizeLinear", {"q", "scale", "zero"}, "w");
    file->proto().mutable_graph()->mutable_node()->SwapElements(0, 1);
  }
  EXPECT_THAT(error_message<FileError>([&] { decoded(scalar); }),
              HasSubstr("(DequantizeLinear, opset 13): expected an axis in 0..-1, got 1"));
  EXPECT_THAT(weights_of(decoded(columns)), ElementsAre(2, -2, -0.5F, 5, 0, -7));
}

onnx::SparseTensorProto& sparse_weights(OnnxFile& file) {
  onnx::SparseTensorProto* sparse = file.proto().mutable_graph()->add_sparse_initializer();
  sparse->mutable_values()->set_name("w");
  sparse->mutable_values()->set_data_type(Type::FLOAT);
  sparse->mutable_indices()->set_data_type(Type::INT64);
  for (const int dim : {2, 3}) sparse->add_dims(dim);
  return *sparse;
}

void fill(onnx::SparseTensorProto& sparse, const std::vector<float>& values,
          const std::vector<std::int64_t>& indices, bool flat) {
  sparse.mutable_values()->add_dims(static_cast<std::int64_t>(values.size()));
  for (const float value : values) sparse.mutable_values()->add_float_data(value);
  sparse.mutable_indices()->add_dims(static_cast<std::int64_t>(values.size()));
  if (!flat) sparse.mutable_indices()->add_dims(2);
  for (const std::int64_t index : indices) sparse.mutable_indices()->add_int64_data(index);
}

TEST(OnnxTensors, SparseWeightsAreFilledWithZeros) {
  OnnxFile flat = gemm(), pairs = gemm();
  fill(sparse_weights(flat), {7, 9}, {2, 3}, true);
  fill(sparse_weights(pairs), {7, 9}, {0, 2, 1, 0}, false);
  for (const OnnxFile& file : {flat, pairs})
    EXPECT_THAT(weights_of(decoded(file)), ElementsAre(0, 0, 7, 9, 0, 0));
  OnnxFile outside = gemm();
  fill(sparse_weights(outside), {7}, {0, 3}, false);
  EXPECT_THAT(error_message<FileError>([&] { decoded(outside); }),
              HasSubstr("tensor 'w': expected indices below 3, got 3"));
}

TEST(OnnxTensors, WeightsMayBeMadeByOthers) {
  OnnxFile file;
  file.input("x", {-1, 3}).reals("a", {3, 2}, {1, 4, -2, 0, 0.5F, -6}).integers("to", {2, 3});
  file.node("Transpose", {"a"}, "t").node("Identity", {"t"}, "i").node("Reshape", {"i", "to"}, "w");
  file.node("Gemm", {"x", "w"}, "y").with("transB", 1).output("y");
  expect_reals(decoded(file));
  OnnxFile ones;
  ones.input("x", {-1, 3}).integers("shape", {3, 2}).node("ConstantOfShape", {"shape"}, "w");
  ones.node("MatMul", {"x", "w"}, "y").output("y");
  EXPECT_THAT(weights_of(decoded(ones)), ::testing::Each(0.0F));
}

/// Three of ten weights, by start, end and step; the bounds are those of numpy.
TEST(OnnxTensors, SlicesCountFromBothEnds) {
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max();
  const std::vector<std::pair<std::vector<std::int64_t>, std::vector<float>>> cases{
      {{2, 5, 1}, {2, 3, 4}},     {{-3, kFar, 1}, {7, 8, 9}},     {{0, -2, 3}, {0, 3, 6}},
      {{9, 0, -3}, {9, 6, 3}},    {{kFar, -kFar, -4}, {9, 5, 1}}, {{2, -kFar, -1}, {2, 1, 0}},
      {{-kFar, 3, 1}, {0, 1, 2}}, {{-1, -4, -1}, {9, 8, 7}}};
  for (const auto& [cut, expected] : cases) {
    OnnxFile file;
    file.input("x", {-1, 3}).reals("all", {10, 1}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    for (std::size_t i = 0; i < 3; ++i) file.integers(std::string(1, "abc"[i]), {cut[i]});
    file.integers("axis", {0}).node("Slice", {"all", "a", "b", "axis", "c"}, "w");
    file.node("MatMul", {"x", "w"}, "y").output("y");
    EXPECT_THAT(weights_of(decoded(file)), ::testing::ElementsAreArray(expected));
  }
}

TEST(OnnxTensors, InitializersMayBeListedAsInputs) {
  OnnxFile file = gemm();
  file.reals("w", {2, 3}, {1, -2, 0.5F, 4, 0, -6}).input("w", {2, 3});
  expect_reals(decoded(file));
}

}  // namespace
}  // namespace karnin
