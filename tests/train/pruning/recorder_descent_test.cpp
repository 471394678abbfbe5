#include <gtest/gtest.h>

#include <vector>

#include "tests/support/recording.h"

namespace karnin {
namespace {

/// L(w) = sum of a (w - t)^2 / 2, descended from w = 0 on the exact gradient. From 0, w_f / (w_f -
/// w_i) is 1, so that the scores of one form add up to its estimate of the drop in the loss.
class Quadratic : public testing::Test {
 protected:
  static constexpr double kRate = 0x1p-10;
  static constexpr double kSteepest = 2;  ///< largest curvature a
  static constexpr int kStepsPerEpoch = 10;

  Quadratic() : run_(tiny_model()) {}

  static double curvature(std::size_t p, std::size_t i) { return kSteepest / (1.0 + p + i); }
  static double target(std::size_t p, std::size_t i) { return 1.0 + 0.5 * i - 2.0 * p; }

  double loss() const {
    double sum = 0;
    for (std::size_t p = 0; p < 2; ++p)
      for (std::int64_t i = 0; i < run_.model.parameters[p].value.size(); ++i) {
        const double distance = run_.model.parameters[p].value.data()[i] - target(p, i);
        sum += 0.5 * curvature(p, i) * distance * distance;
      }
    return sum;
  }

  /// Returns the drop in the loss.
  double descend(int steps, float momentum) {
    const double before = loss();
    auto velocity = filled(run_.model, [](std::size_t, std::size_t) { return 0.0F; });
    for (int step = 1; step <= steps; ++step) {
      const auto gradient = filled(run_.model, [&](std::size_t p, std::size_t i) {
        const double w = run_.model.parameters[p].value.data()[i];
        return static_cast<float>(curvature(p, i) * (w - target(p, i)));
      });
      velocity = filled(run_.model, [&](std::size_t p, std::size_t i) {
        return momentum * velocity[p][i] + gradient[p][i];
      });
      const auto delta = filled(run_.model, [&](std::size_t p, std::size_t i) {
        return static_cast<float>(-kRate) * velocity[p][i];
      });
      run_.step(gradient, delta, kRate);
      if (step % kStepsPerEpoch == 0) run_.end_epoch();
    }
    return before - loss();
  }

  double total(std::size_t method) const {
    const std::vector<Sensitivity> all = run_.recorder.sensitivities(run_.model);
    double sum = 0;
    for (const Tensor& values : all[method].values)
      for (const float value : values.span()) sum += value;
    return sum;
  }

  Recording run_;
};

// One step: L(w) - L(w + dw) = -g dw - a dw^2 / 2, and a dw^2 = a rate (-g dw): so the recorded sum
// is too large by at most a rate / 2 of itself, and never too small.
TEST_F(Quadratic, TheLossDropIsExactUpToTheStepSize) {
  const double drop = descend(1000, 0);
  const double recorded = run_.recorder.loss_drop();
  const double rounding = 1e-4 * drop;  // of weights near 1, moved by 2^-13 of that and more
  EXPECT_GT(drop, 1);
  EXPECT_GE(recorded, drop - rounding);
  EXPECT_LE(recorded - drop, 0.5 * kSteepest * kRate * recorded + rounding);
  EXPECT_NEAR(total(0), recorded, 1e-6 * recorded);
}

// Over an epoch of N steps the gradient shrinks by the factor (1 - a rate)^N; mean times
// displacement misses its variance, below (a rate N)^2 of the drop.
TEST_F(Quadratic, TheEpochsMeanGradientGivesTheLossDropToo) {
  const double drop = descend(1000, 0);
  const double shrink = kSteepest * kRate * kStepsPerEpoch;
  EXPECT_NEAR(total(3), drop, (0.5 * kSteepest * kRate + shrink * shrink + 1e-4) * drop);
}

TEST_F(Quadratic, BothFormsAgreeForPlainGradientDescent) {
  descend(1000, 0);
  // The weights round each step to an ulp of 1, the smallest steps are near 2^-12.
  EXPECT_NEAR(total(1), total(0), 1e-3 * total(0));
  const std::vector<Sensitivity> all = run_.recorder.sensitivities(run_.model);
  for (std::int64_t i = 0; i < 6; ++i)
    EXPECT_NEAR(all[1].values[0].data()[i], all[0].values[0].data()[i],
                1e-3 * all[0].values[0].data()[i]);
}

// At momentum m a steady gradient g moves the weight by rate g / (1 - m) a step, so that dw^2 /
// rate is 1 / (1 - m) = 10 times -g dw.
TEST_F(Quadratic, MomentumInflatesThePapersFormOnly) {
  const double drop = descend(200, 0.9F);
  EXPECT_NEAR(run_.recorder.loss_drop(), drop, 0.03 * drop);
  EXPECT_GT(total(1), 6 * drop);
  EXPECT_LT(total(1), 10 * drop);
}

TEST_F(Quadratic, ThePapersFormOverEpochsIsInflatedByTheSteps) {
  const double drop = descend(1000, 0);
  // Displacements add up over an epoch before they are squared.
  EXPECT_NEAR(total(2), kStepsPerEpoch * drop, 0.05 * kStepsPerEpoch * drop);
}

}  // namespace
}  // namespace karnin
