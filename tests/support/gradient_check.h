// Gradients against central finite differences of a scalar function.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace karnin::test {

/// Expects gradient[i] = (loss(x + step e_i) - loss(x - step e_i)) / (2 step), within `tolerance`.
/// `loss` gets x and returns a double. Every layer is linear in each single input and weight as
/// long as no kink of a ReLU and no change of maximum lies within the step, and for a linear
/// function the central difference has no truncation error at any step. So take a step as large as
/// the kinks allow, a power of two: x +- step is then exact, and only the layer's own float
/// rounding is left, divided by the step. With integer operands there is none, and the tolerance
/// can be 0.
template <typename Loss>
void expect_gradient(const Loss& loss, std::vector<float> x, const std::vector<float>& gradient,
                     float step, double tolerance) {
  ASSERT_EQ(x.size(), gradient.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float centre = x[i];
    x[i] = centre + step;
    const double above = loss(x);
    x[i] = centre - step;
    const double below = loss(x);
    x[i] = centre;
    ASSERT_NEAR(gradient[i], (above - below) / (2.0 * static_cast<double>(step)), tolerance)
        << "element " << i;
  }
}

}  // namespace karnin::test
