#include "train/calibration/refit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "runtime/core/error.h"
#include "runtime/engine/engine.h"
#include "tests/support/calibration_images.h"
#include "tests/support/fill.h"
#include "tests/support/filled_model.h"
#include "tests/support/least_squares.h"
#include "tests/train/calibration/noise.h"

namespace karnin {
namespace {

/// Prunes every other weight of a parameter, in no order that a row shares with another.
void prune_half(Parameter& parameter) {
  parameter.mask.assign(parameter.value.span().size(), 1);
  for (std::size_t i = 0; i < parameter.mask.size(); ++i)
    if (hash(5, i) % 2 == 0) parameter.mask[i] = 0, parameter.value.data()[i] = 0;
}

std::vector<float> outputs(const Model& model, const ImageSet& images) {
  std::vector<float> result(
      static_cast<std::size_t>(images.size() * sole_output(model.graph).extent.size()));
  Engine engine(model, {.race = false});
  engine.run(images.values, result);
  return result;
}

double mean_squared_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(double{a[i]} - double{b[i]}, 2);
  return sum / static_cast<double>(a.size());
}

TEST(Refit, IsLeastSquaresWithTheKeptWeights) {
  constexpr std::size_t kColumns = 12, kImages = 200;
  const Model dense = test::filled_model(make_chain("n", {3, 2, 2}, {{"fc", FullyConnected{5}}}));
  const ImageSet images = test::noise({3, 2, 2}, kImages);
  Model model = dense;
  prune_half(model.parameters[0]);
  Calibration calibration{test::calibration_images(images)};
  calibration.damping = 0;
  refit(model, dense, calibration);
  const std::vector<float> wanted = outputs(dense, images);
  for (std::size_t row = 0; row < 5; ++row) {
    // By normal equations whose last unknown is the bias.
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < kColumns; ++i)
      if (model.parameters[0].mask[row * kColumns + i] != 0) kept.push_back(i);
    test::Matrix a(kept.size() + 1, std::vector<double>(kept.size() + 1));
    std::vector<double> b(kept.size() + 1);
    for (std::size_t image = 0; image < kImages; ++image) {
      const auto x = [&](std::size_t k) {
        return k == kept.size() ? 1.0 : double{images.values[image * kColumns + kept[k]]};
      };
      for (std::size_t i = 0; i <= kept.size(); ++i) {
        b[i] += x(i) * double{wanted[image * 5 + row]};
        for (std::size_t j = 0; j <= kept.size(); ++j) a[i][j] += x(i) * x(j);
      }
    }
    const std::vector<double> expected = test::solution(a, b);
    const float* const weights = model.parameters[0].value.data() + row * kColumns;
    for (std::size_t k = 0; k < kept.size(); ++k)
      EXPECT_NEAR(weights[kept[k]], expected[k], 1e-4) << row;
    EXPECT_NEAR(model.parameters[1].value.data()[row], expected.back(), 1e-4);
  }
}

/// A stem, a block with depthwise and pointwise convolutions and a shortcut, and two layers more.
Model residual() {
  Graph graph = make_graph("residual", {3, 6, 6});
  const NodeId stem = append(graph, "stem", Conv2d{8, 3, 3, 1, 1, 1, 1});
  append(graph, "depthwise", Conv2d{.oc = 8, .kh = 3, .kw = 3, .ph = 1, .pw = 1, .groups = 8},
         {stem});
  append(graph, "norm", BatchNorm{});
  append(graph, "relu", Relu{});
  const NodeId inner = append(graph, "pointwise", Conv2d{8, 1, 1});
  append(graph, "sum", Add{}, {inner, stem});
  append(graph, "relu2", Relu{});
  append(graph, "fc1", FullyConnected{12});
  append(graph, "relu3", Relu{});
  append(graph, "fc2", FullyConnected{3});
  return test::filled_model(graph);
}

Model pruned(const Model& dense) {
  Model model = dense;
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    if (parameter_specs(dense.graph)[p].role == Role::weight) prune_half(model.parameters[p]);
  return model;
}

/// Images whose pixels have something to do with each other: each is a mixture of the same ten.
ImageSet mixtures(std::uint64_t seed, std::int64_t count) {
  constexpr std::size_t kParts = 10, kPixels = 108;
  ImageSet set{{3, 6, 6}, {}, std::vector<std::uint8_t>(static_cast<std::size_t>(count)), {}};
  const std::vector<float> parts = test::uniforms(kParts * kPixels, 99);
  const std::vector<float> shares = test::uniforms(count * 10, seed);
  for (std::size_t image = 0; image < set.labels.size(); ++image)
    for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
      float sum = 0;
      for (std::size_t k = 0; k < kParts; ++k)
        sum += shares[image * kParts + k] * parts[k * kPixels + pixel];
      set.values.push_back(sum);
    }
  return set;
}

TEST(Refit, BringsAnyNetworkNearerToTheDenseOne) {
  const Model dense = residual();
  const ImageSet images = mixtures(1, 300), others = mixtures(2, 100);
  Model model = pruned(dense);
  const std::vector<float> wanted = outputs(dense, others);
  const double before = mean_squared_difference(outputs(model, others), wanted);
  refit(model, dense, {test::calibration_images(images)});
  EXPECT_LT(mean_squared_difference(outputs(model, others), wanted), before / 3);
  EXPECT_NO_THROW(validate(model)) << "what was pruned stays 0";
}

TEST(Refit, GivesTheSameBitsForAnyNumberOfThreads) {
  const Model dense = residual();
  const ImageSet images = test::noise({3, 6, 6}, 150);
  Model one = pruned(dense), three = one;
  Calibration calibration{test::calibration_images(images)};
  calibration.threads = 1;
  refit(one, dense, calibration);
  calibration.threads = 3;
  refit(three, dense, calibration);
  EXPECT_EQ(one, three);
}

TEST(Refit, LeavesAloneWhatIsInFrontOfWhatIsPruned) {
  const Model dense = residual();
  Model model = dense;
  refit(model, dense, {test::calibration_images(test::noise({3, 6, 6}, 20))});
  EXPECT_EQ(model, dense);
  const std::size_t fc1 =
      *find_parameter(parameter_specs(dense.graph), *find_node(dense.graph, "fc1"), Role::weight);
  prune_half(model.parameters[fc1]);
  refit(model, dense, {test::calibration_images(test::noise({3, 6, 6}, 20))});
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    EXPECT_EQ(model.parameters[p] == dense.parameters[p], p < fc1) << p;
}

/// Mean and variance of channel `c` of four, of 200 positions.
std::pair<double, double> moments(const std::vector<float>& x, std::size_t c) {
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (i / 4 % 4 == c) sum += double{x[i]}, squares += double{x[i]} * double{x[i]};
  const double mean = sum / 200;
  return {mean, squares / 200 - mean * mean};
}

TEST(Refit, MeasuresBatchNormAgain) {
  const Model dense = test::filled_model(
      make_chain("n", {2, 3, 3}, {{"conv", Conv2d{4, 2, 2}}, {"norm", BatchNorm{}}}));
  const ImageSet images = test::noise({2, 3, 3}, 50);
  Model model = dense;
  prune_half(model.parameters[0]);
  refit(model, dense, {test::calibration_images(images)});
  const std::vector<float> wanted = outputs(dense, images), got = outputs(model, images);
  for (std::size_t c = 0; c < 4; ++c) {
    EXPECT_NEAR(moments(got, c).first, moments(wanted, c).first, 1e-4);
    EXPECT_NEAR(moments(got, c).second, moments(wanted, c).second, 1e-4);
  }
}

/// Units that lost all their inputs give the layers behind them nothing but constants.
TEST(Refit, StaysFiniteWhereNearlyAllIsGone) {
  const Model dense = residual();
  Model model = dense;
  const std::vector<ParameterSpec> specs = parameter_specs(dense.graph);
  for (std::size_t p = 0; p < specs.size(); ++p) {
    if (specs[p].role != Role::weight) continue;
    Parameter& weights = model.parameters[p];
    weights.mask.assign(weights.value.span().size(), 0);
    if (specs[p].node != 1) weights.mask[0] = 1;
    for (std::size_t i = 0; i < weights.mask.size(); ++i)
      if (weights.mask[i] == 0) weights.value.data()[i] = 0;
  }
  const ImageSet images = test::noise({3, 6, 6}, 200);
  refit(model, dense, {test::calibration_images(images)});
  const std::vector<float> wanted = outputs(dense, images), got = outputs(model, images);
  const float largest = std::ranges::max(wanted, {}, [](float x) { return std::abs(x); });
  for (const float x : got) ASSERT_LT(std::abs(x), 2 * std::abs(largest));
}

TEST(Refit, RefusesImagesThatDoNotFit) {
  const Model dense = residual();
  Model model = pruned(dense);
  EXPECT_THROW(refit(model, dense, {test::calibration_images(test::noise({3, 6, 6}, 0))}),
               ArgumentError);
  EXPECT_THROW(refit(model, dense, {test::calibration_images(test::noise({3, 6, 5}, 2))}),
               ShapeError);
}

}  // namespace
}  // namespace karnin
