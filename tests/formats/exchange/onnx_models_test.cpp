// Networks that others made, which are not part of this repository: KARNIN_MODELS names a folder of
// theirs, laid out as libonnx-testdata lays out its cases.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "tests/support/onnx_case.h"
#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::Values;

class OnnxModels : public ::testing::TestWithParam<const char*> {};

TEST_P(OnnxModels, GiveTheAnswersThatTheyCameWith) {
  const char* folder = std::getenv("KARNIN_MODELS");
  if (folder == nullptr) GTEST_SKIP() << "KARNIN_MODELS names no folder";
  const std::filesystem::path model_folder = std::filesystem::path(folder) / GetParam();
  const test::OnnxCase expected = test::read_case(model_folder);
  const Model model = read_onnx(model_folder / "model.onnx");
  const std::int64_t images = std::ssize(expected.input) / input_extent(model.graph).size();
  const Values actual = test::run(model, images, test::in_planes(expected.input, model.graph));
  ASSERT_EQ(actual.size(), expected.output.size());
  const auto larger = [](float a, float b) { return std::abs(a) < std::abs(b); };
  const float largest = std::abs(*std::ranges::max_element(expected.output, larger));
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], expected.output[i], 1e-5F * largest) << "value " << i;
}

INSTANTIATE_TEST_SUITE_P(MlPerfTiny, OnnxModels, ::testing::Values("ad_autoencoder"));

}  // namespace
}  // namespace karnin
