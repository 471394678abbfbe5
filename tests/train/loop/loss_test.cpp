#include "train/loop/loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"
#include "runtime/kernels/kernels.h"
#include "tests/support/gradient_check.h"

namespace karnin {
namespace {

constexpr std::int64_t kLogits = 7;
constexpr std::size_t kRows = 5;

struct LossTest : testing::Test {
  LossTest() : logits(kRows * kLogits), teacher(logits.size()), diff(logits.size()) {
    for (float& x : logits) x = static_cast<float>(6 * rng.uniform() - 3);
    for (float& x : teacher) x = static_cast<float>(6 * rng.uniform() - 3);
    for (std::size_t row = 0; row < kRows; ++row)
      labels.push_back(static_cast<std::uint8_t>(3 * row % kLogits));
  }

  LossSum evaluate(const LossOptions& options, double scale = 1) {
    return softmax_loss(options, {kLogits, logits.data(), teacher.data(), labels}, scale, scratch,
                        diff.data());
  }

  LossSum squared(const LossOptions& options, double scale = 1) {
    return squared_loss(options, {kLogits, logits.data(), nullptr, labels}, scale, diff.data());
  }

  CounterRng rng{3};
  std::vector<float> logits, teacher, diff;
  std::vector<std::uint8_t> labels;
  std::vector<double> scratch = std::vector<double>(2 * kLogits);
};

/// p_i(T) by the definition.
std::vector<double> softmax(const float* logits, double temperature) {
  std::vector<double> p;
  double sum = 0;
  for (std::int64_t i = 0; i < kLogits; ++i) {
    p.push_back(std::exp(static_cast<double>(logits[i]) / temperature));
    sum += p.back();
  }
  for (double& x : p) x /= sum;
  return p;
}

TEST_F(LossTest, IsTheEquationsOfTheHeader) {
  const LossOptions options{0.1, 0.3, 2.5};
  double expected = 0;
  for (std::size_t row = 0; row < kRows; ++row) {
    const auto p = softmax(&logits[row * kLogits], 1), hot = softmax(&logits[row * kLogits], 2.5);
    const auto q = softmax(&teacher[row * kLogits], 2.5);
    for (std::size_t i = 0; i < kLogits; ++i) {
      const double target = 0.1 / kLogits + (i == labels[row] ? 0.9 : 0);
      expected -= 0.7 * target * std::log(p[i]);
      expected += 0.3 * 2.5 * 2.5 * q[i] * std::log(q[i] / hot[i]);
    }
  }
  EXPECT_NEAR(evaluate(options).loss, expected, 1e-12 * expected);
}

TEST_F(LossTest, GradientAgreesWithFiniteDifferences) {
  const LossOptions options{0.05, 0.6, 3};
  constexpr double kScale = 0.25;
  evaluate(options, kScale);
  const std::vector<float> gradient = diff;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const float x = logits[i];
    const float above = x + 0x1p-8F, below = x - 0x1p-8F;
    logits[i] = above;
    const double high = evaluate(options).loss;
    logits[i] = below;
    const double low = evaluate(options).loss;
    logits[i] = x;
    // Central differences are wrong by h^2 / 6 times the third derivative, which is below 1.
    EXPECT_NEAR(gradient[i], kScale * (high - low) / (static_cast<double>(above) - below), 1e-5);
  }
}

TEST_F(LossTest, WithoutOptionsIsThatOfTheKernel) {
  const LossSum sum = evaluate({}, 0.5);
  std::vector<float> expected(diff.size());
  double loss = 0;
  std::int64_t correct = 0;
  kernels::active().softmax_cross_entropy(kRows, kLogits, logits.data(), labels.data(), 0.5F,
                                          expected.data(), &loss, &correct);
  EXPECT_NEAR(sum.loss, loss, 1e-5 * loss);
  EXPECT_EQ(sum.correct, correct);
  for (std::size_t i = 0; i < diff.size(); ++i) EXPECT_NEAR(diff[i], expected[i], 1e-6);
}

TEST_F(LossTest, ATeacherOfTheSameMindLeavesNothingToLearn) {
  teacher = logits;
  EXPECT_NEAR(evaluate({0, 1, 4}).loss, 0, 1e-12);
  EXPECT_THAT(diff, testing::Each(testing::FloatNear(0, 1e-7F)));
}

TEST_F(LossTest, StaysFiniteForLogitsFarApart) {
  std::ranges::fill(logits, -1e30F);
  logits[2] = 1e30F;
  EXPECT_TRUE(std::isfinite(evaluate({0.1, 0.5, 2}).loss));
  for (const float d : diff) EXPECT_TRUE(std::isfinite(d));
}

/// As torch.nn.MSELoss, whose mean is over images and classes; the one over images is the scale's.
TEST_F(LossTest, MseIsTheMeanOfSquares) {
  double squares = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const bool is_label = i % kLogits == labels[i / kLogits];
    squares += std::pow(static_cast<double>(logits[i]) - (0.1 / kLogits + (is_label ? 0.9 : 0)), 2);
  }
  const LossSum sum = squared({.label_smoothing = 0.1, .kind = LossKind::mse});
  EXPECT_NEAR(sum.loss, squares / kLogits, 1e-12 * squares);
  EXPECT_EQ(sum.correct, evaluate({0, 0.5, 1}).correct);
}

TEST_F(LossTest, GradientOfMseAgreesWithFiniteDifferences) {
  const LossOptions options{.label_smoothing = 0.25, .kind = LossKind::mse};
  constexpr double kScale = 0.25;
  squared(options, kScale);
  const auto loss = [&](const std::vector<float>& x) {
    logits = x;
    return kScale * squared(options).loss;
  };
  // Of a square central differences are the derivative; the loss is summed in double.
  test::expect_gradient(loss, logits, std::vector<float>(diff), 0.25F, 1e-6);
}

TEST_F(LossTest, MseIsZeroWhereEveryAnswerIsRight) {
  std::ranges::fill(logits, 0.0F);
  for (std::size_t row = 0; row < kRows; ++row) logits[row * kLogits + labels[row]] = 1;
  const LossSum sum = squared({.kind = LossKind::mse});
  EXPECT_EQ(sum.loss, 0);
  EXPECT_EQ(sum.correct, kRows);
  EXPECT_THAT(diff, testing::Each(0.0F));
}

TEST(Loss, HasAName) {
  for (const LossKind kind : {LossKind::cross_entropy, LossKind::mse})
    EXPECT_EQ(loss_from_string(to_string(kind)), kind);
  EXPECT_THROW(loss_from_string("l1"), ArgumentError);
}

TEST(Loss, RefusesWhatIsOutOfRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NO_THROW(validate(LossOptions{}));
  for (const LossOptions& options : {LossOptions{1, 0, 1},
                                     {-0.1, 0, 1},
                                     {nan, 0, 1},
                                     {0, 1.5, 1},
                                     {0, -1, 1},
                                     {0, 0.5, 0},
                                     {0, 0.5, nan},
                                     {0, 0.5, 1e160},
                                     {0, 0.5, 1e-310},
                                     {0, 0.5, 1, LossKind::mse}})
    EXPECT_THROW(validate(options), ArgumentError);
}

}  // namespace
}  // namespace karnin
