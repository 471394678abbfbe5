// The paper's network against logits and gradients that were computed independently in float64.
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/kernels/kernels.h"
#include "runtime/program/program.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

constexpr std::int64_t kImages = 16;

/// Five layers of float sums of 75 to 400 terms, and weight gradients over up to 12,544 pixels:
/// rounding errors that grow like a random walk reach about sqrt(400) = 20 half-epsilons a layer in
/// a value of average size, and tensors are compared at the scale of their largest value, a few
/// times that. 64 epsilons bound it with room for other orders of summation.
void expect_close(std::span<const float> actual, const std::vector<float>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  float largest = 0;
  for (const float x : expected) largest = std::max(largest, std::abs(x));
  const float tolerance = 64 * std::numeric_limits<float>::epsilon() * largest;
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_NEAR(actual[i], expected[i], tolerance) << "element " << i;
}

std::vector<const float*> parameters_of(const Model& model) {
  std::vector<const float*> parameters;
  for (const Parameter& parameter : model.parameters) parameters.push_back(parameter.value.data());
  return parameters;
}

class ChainGolden : public testing::TestWithParam<Domain> {};
INSTANTIATE_TEST_SUITE_P(Kinds, ChainGolden, testing::ValuesIn(kAllDomains),
                         [](const auto& param) { return std::string(to_string(param.param)); });

TEST_P(ChainGolden, LogitsAndGradientsOfTheFirstBatch) {
  const Model model = test::golden_model();
  Program program(
      model.graph,
      {.images = kImages, .purpose = Purpose::training, .domain = GetParam(), .fc_kernel = {}});
  program.set_parameters(parameters_of(model));
  Program::Worker worker(program);
  std::ranges::copy(test::golden_images(0), worker.input());
  worker.forward();
  expect_close({worker.logits(), kImages * 10}, test::golden<float>("logits"));

  const auto labels = test::golden<std::uint8_t>("labels");
  double loss = 0;
  std::int64_t correct = 0;
  kernels::active().softmax_cross_entropy(kImages, 10, worker.logits(), labels.data(),
                                          1.0F / kImages, worker.diff_logits(), &loss, &correct);
  std::vector<std::vector<float>> gradients = test::golden_parameters("grad0");
  const auto expected = gradients;
  std::vector<float*> targets;
  for (std::vector<float>& gradient : gradients) targets.push_back(gradient.data());
  for (std::vector<float>& gradient : gradients) std::ranges::fill(gradient, 0.0F);
  worker.backward({}, targets);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    SCOPED_TRACE(model.parameters[i].name);
    expect_close(gradients[i], expected[i]);
  }
}

TEST_P(ChainGolden, InferenceGivesTheSameLogits) {
  const Model model = test::golden_model();
  for (const FcKernel kernel :
       {FcKernel::onednn, FcKernel::dense, FcKernel::sparse_lanes, FcKernel::sparse_gather}) {
    Program program(model.graph, {.images = kImages,
                                  .purpose = Purpose::inference,
                                  .domain = GetParam(),
                                  .fc_kernel = [=](const std::string&) { return kernel; }});
    program.set_parameters(parameters_of(model));
    Program::Worker worker(program);
    std::ranges::copy(test::golden_images(0), worker.input());
    worker.forward();
    SCOPED_TRACE(to_string(kernel));
    expect_close({worker.logits(), kImages * 10}, test::golden<float>("logits"));
  }
}

}  // namespace
}  // namespace karnin
