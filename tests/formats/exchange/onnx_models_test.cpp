// Networks that others made, which are not part of this repository: KARNIN_MODELS names a folder of
// theirs, laid out as libonnx-testdata lays out its cases.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;
using test::Values;

/// A tensor of floats by itself.
Values read_values(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  onnx::TensorProto tensor;
  EXPECT_TRUE(tensor.ParseFromIstream(&file)) << path;
  Values values(tensor.float_data().begin(), tensor.float_data().end());
  if (!tensor.has_raw_data()) return values;
  values.resize(tensor.raw_data().size() / sizeof(float));
  std::memcpy(values.data(), tensor.raw_data().data(), tensor.raw_data().size());
  return values;
}

/// Images as the loader gives them to the network: channel after channel.
Values in_planes(const Values& images, const Input& input) {
  if (input.order == PixelOrder::chw) return images;
  const auto [c, h, w] = input.extent;
  Values planes(images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const std::int64_t image = at / input.extent.size(), channel = at % c, pixel = at / c % (h * w);
    planes[static_cast<std::size_t>((image * c + channel) * h * w + pixel)] = images[i];
  }
  return planes;
}

class OnnxModels : public ::testing::TestWithParam<const char*> {};

TEST_P(OnnxModels, GiveTheAnswersThatTheyCameWith) {
  const char* folder = std::getenv("KARNIN_MODELS");
  if (folder == nullptr) GTEST_SKIP() << "KARNIN_MODELS names no folder";
  const fs::path model_folder = fs::path(folder) / GetParam();
  const Model model = read_onnx(model_folder / "model.onnx");
  const auto& input = std::get<Input>(model.graph.node(0).op);
  const Values images = read_values(model_folder / "test_data_set_0" / "input_0.pb");
  const Values expected = read_values(model_folder / "test_data_set_0" / "output_0.pb");
  const std::int64_t count = std::ssize(images) / input.extent.size();
  const Values actual = test::run(model, count, in_planes(images, input));
  ASSERT_EQ(actual.size(), expected.size());
  float largest = 0.0F;
  for (const float value : expected) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], expected[i], 1e-5F * largest) << "value " << i;
}

INSTANTIATE_TEST_SUITE_P(MlPerfTiny, OnnxModels, ::testing::Values("ad_autoencoder"));

}  // namespace
}  // namespace karnin
