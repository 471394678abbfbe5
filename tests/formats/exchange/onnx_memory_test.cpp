// How much memory an ONNX file takes on its way to one of ours.
#include <gmock/gmock.h>

#include <random>

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

/// The file's bytes and what protobuf makes of them; then that and the network; then the network,
/// its tensors as our file has them, and that file.
TEST(OnnxMemory, AnImportTakesLessThanThreeTimesTheFile) {
  const test::TemporaryDirectory folder;
  test::write_bytes(folder / "net.onnx", matrices().bytes());
  const auto size = static_cast<double>(std::filesystem::file_size(folder / "net.onnx"));
  const std::size_t held = test::held_bytes();
  test::reset_most_held_bytes();
  const std::vector<std::uint8_t> bytes = encode_model(read_onnx(folder / "net.onnx"));
  EXPECT_GT(bytes.size(), 0.8 * size);
  EXPECT_LT(static_cast<double>(test::most_held_bytes() - held), 2.8 * size);
}

}  // namespace
}  // namespace karnin
