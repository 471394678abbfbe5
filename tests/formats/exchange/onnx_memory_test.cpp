// How much memory an ONNX file takes on its way to one of ours.
#include <gmock/gmock.h>

#include <random>

#include "formats/exchange/onnx_writer.h"
#include "formats/exchange/safetensors_model.h"
#include "formats/model/model_file.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/onnx_run.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

/// Sixteen matrices of a megabyte each, of weights that no coding makes smaller.
test::OnnxFile matrices() {
  constexpr std::int64_t kSide = 512;
  test::OnnxFile file;
  file.input("x", {-1, kSide});
  std::mt19937 rng(1);
  std::normal_distribution<float> weight;
  std::string src = "x";
  for (int layer = 0; layer < 16; ++layer) {
    const std::string name = std::to_string(layer);
    std::vector<float> weights(kSide * kSide);
    for (float& value : weights) value = weight(rng);
    file.reals("w" + name, {kSide, kSide}, weights).node("MatMul", {src, "w" + name}, name);
    src = name;
  }
  return file.output(src);
}

/// What action() held at most, in bytes, as a share of the file.
double most_held(const std::filesystem::path& file, const auto& action) {
  const std::size_t held = test::held_bytes();
  test::reset_most_held_bytes();
  action();
  return static_cast<double>(test::most_held_bytes() - held) /
         static_cast<double>(std::filesystem::file_size(file));
}

/// The file's bytes and what protobuf makes of them; then that and the network; then the network
/// and our file. One tensor of the sixteen is there a few times, as it goes from one to the other.
TEST(OnnxMemory, AnImportTakesTwiceTheFile) {
  const test::TemporaryDirectory folder;
  const auto file = folder / "net.onnx";
  test::write_bytes(file, matrices().bytes());
  std::size_t bytes = 0;
  EXPECT_LT(most_held(file, [&] { bytes = encode_model(read_onnx(file)).size(); }), 2.3);
  EXPECT_GT(static_cast<double>(bytes),
            0.8 * static_cast<double>(std::filesystem::file_size(file)));
}

/// The file alone, beside the network.
TEST(OnnxMemory, AnExportTakesTheFile) {
  const test::TemporaryDirectory folder;
  const auto file = folder / "net.onnx";
  test::write_bytes(file, matrices().bytes());
  const Model model = read_onnx(file);
  EXPECT_LT(most_held(file, [&] { encode_onnx(model); }), 1.1);
  EXPECT_LT(most_held(file, [&] { encode_safetensors(model); }), 1.1);
}

}  // namespace
}  // namespace karnin
