#include "train/loop/batch_gradient.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "tests/support/bright_squares.h"
#include "tests/support/isa_level.h"
#include "tests/support/small_network.h"
#include "train/loop/initialise.h"

namespace karnin {
namespace {

constexpr Extent kExtent{2, 12, 12};
constexpr std::int64_t kClasses = 4;

struct BatchGradientTest : testing::Test {
  explicit BatchGradientTest(LossOptions options = {}, bool softmax = false)
      : model(make_model(network(softmax))),
        batch_gradient(model, {images, {}, 1}, {options}, arena) {
    initialise(model, 1);
  }

  static Graph network(bool softmax) {
    Graph net = test::small_network(kExtent, kClasses);
    if (softmax) append(net, "softmax", Softmax{});
    return net;
  }

  /// All parameters one after the other.
  std::vector<float> gradient_of(std::span<const std::int64_t> indices) {
    loss = batch_gradient.compute({indices, 1, 0});
    std::vector<float> gradient;
    std::vector<float> part(kRangeElements);
    for (const ParameterRange& range : parameter_ranges(model)) {
      batch_gradient.sum(range, part.data());
      gradient.insert(gradient.end(), part.begin(), part.begin() + range.count);
    }
    return gradient;
  }

  /// The slope of the loss along its gradient is that gradient's square.
  void expect_finite_differences() {
    std::vector<std::int64_t> indices(24);
    std::iota(indices.begin(), indices.end(), std::int64_t{0});
    const std::vector<float> gradient = gradient_of(indices);
    const double squares =
        std::inner_product(gradient.begin(), gradient.end(), gradient.begin(), 0.0);
    // Central differences over a step that is small against the weights are off by the third
    // derivative, and by the kinks of ReLU and max.
    constexpr float kStep = 2e-3F;
    const auto loss_moved_by = [&](float step) {
      std::size_t at = 0;
      for (Parameter& parameter : model.parameters)
        for (float& w : parameter.value.span()) w += step * gradient[at++];
      return batch_gradient.compute({indices, 1, 0}).sum / static_cast<double>(indices.size());
    };
    const double above = loss_moved_by(kStep);
    const double below = loss_moved_by(-2 * kStep);
    EXPECT_NEAR((above - below) / (2 * kStep), squares, 0.01 * squares);
  }

  Model model;
  ImageSet images = test::bright_squares(kExtent, kClasses, 150, 2);
  Arena arena{2};
  BatchGradient batch_gradient;
  BatchLoss loss;
};

/// On logits as they are, and on the softmax that ends the network.
struct MseOfLogitsTest : BatchGradientTest {
  MseOfLogitsTest() : BatchGradientTest({.kind = LossKind::mse}) {}
};
struct MseOfSoftmaxTest : BatchGradientTest {
  MseOfSoftmaxTest() : BatchGradientTest({.kind = LossKind::mse}, true) {}
};

TEST_F(BatchGradientTest, IsTheMeanOverTheImagesHoweverTheyAreCut) {
  for (const std::int64_t batch : {1, 2, 3, 5, 16, 31, 77, 150}) {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(batch));
    std::iota(indices.begin(), indices.end(), std::int64_t{0});
    std::vector<double> mean(static_cast<std::size_t>(model.parameter_count()));
    double loss_sum = 0;
    std::int64_t correct = 0;
    double largest = 0;
    for (const std::int64_t index : indices) {
      const std::vector<float> one = gradient_of({&index, 1});
      for (std::size_t i = 0; i < mean.size(); ++i) {
        mean[i] += one[i] / static_cast<double>(batch);
        largest = std::max(largest, std::abs(static_cast<double>(one[i])));
      }
      loss_sum += loss.sum;
      correct += loss.correct;
    }
    const std::vector<float> together = gradient_of(indices);
    // A mean over at most 150 images and 100 positions, each term at most `largest` in sum: its
    // roundings add up to far less than 150 x 2^-24 of that.
    const double tolerance = 150 * 0x1p-24 * largest;
    for (std::size_t i = 0; i < mean.size(); ++i) ASSERT_NEAR(together[i], mean[i], tolerance) << i;
    EXPECT_NEAR(loss.sum, loss_sum, 1e-6 * loss_sum) << batch;
    EXPECT_EQ(loss.correct, correct) << batch;
  }
}

TEST_F(BatchGradientTest, AgreesWithFiniteDifferencesOfTheLoss) { expect_finite_differences(); }
TEST_F(MseOfLogitsTest, AgreesWithFiniteDifferencesOfTheLoss) { expect_finite_differences(); }
TEST_F(MseOfSoftmaxTest, AgreesWithFiniteDifferencesOfTheLoss) { expect_finite_differences(); }

/// A softmax gives numbers that add up to 1, so that the loss is at most 2 / classes.
TEST_F(MseOfSoftmaxTest, IsOfProbabilities) {
  for (float& w : model.parameters.back().value.span()) w = 1000;  // the same for all classes
  const std::vector<std::int64_t> one{0};
  gradient_of(one);
  EXPECT_LE(loss.sum, 2.0 / kClasses);
  EXPECT_GT(loss.sum, 0);
}

TEST_F(BatchGradientTest, TellsWhichImagesAreRight) {
  const std::vector<std::int64_t> one{0};
  std::int64_t correct = 0;
  for (std::uint8_t label = 0; label < kClasses; ++label) {
    images.labels[0] = label;
    gradient_of(one);
    correct += loss.correct;
  }
  EXPECT_EQ(correct, 1);
}

/// A name may begin with another one and a dot.
TEST(BatchGradient, TellsWhichLayerHasUnsoundWeights) {
  Model model = make_model(
      make_chain("dotted", kExtent, {{"a", FullyConnected{8}}, {"a.b", FullyConnected{kClasses}}}));
  initialise(model, 1);
  model.parameters.back().value.data()[0] = std::numeric_limits<float>::infinity();
  const ImageSet images = test::bright_squares(kExtent, kClasses, 4, 2);
  Arena arena{1};
  BatchGradient batch_gradient{model, {images, {}, 1}, {}, arena};
  const std::vector<std::int64_t> all{0, 1, 2, 3};
  EXPECT_EQ(batch_gradient.first_non_finite({all, 1, 0}), "the weights of a.b");
}

}  // namespace
}  // namespace karnin
