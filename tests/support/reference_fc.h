// Fully connected layers as their definition says, in double: the oracle of every FC kernel.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "runtime/kernels/kernels.h"

namespace karnin::test {

/// value = sum of terms; magnitude = sum of their absolute values, which scales rounding errors.
struct Reference {
  std::vector<double> value;
  std::vector<double> magnitude;
  std::int64_t terms;  ///< of one sum
};

/// C (m x n), C[i][j] = bias[j] + sum over k of a(i, s) * b(s, j).
template <typename A, typename B>
Reference reference_product(std::int64_t m, std::int64_t n, std::int64_t k, const A& a, const B& b,
                            std::span<const float> bias = {}) {
  Reference reference{{}, {}, k};
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = bias.empty() ? 0.0 : bias[static_cast<std::size_t>(j)];
      double magnitude = std::abs(sum);
      for (std::int64_t s = 0; s < k; ++s) {
        const double term = static_cast<double>(a(i, s)) * static_cast<double>(b(s, j));
        sum += term;
        magnitude += std::abs(term);
      }
      reference.value.push_back(sum);
      reference.magnitude.push_back(magnitude);
    }
  return reference;
}

/// Element (row, column) of a row-major matrix.
inline auto matrix(std::span<const float> data, std::int64_t columns) {
  return [=](std::int64_t row, std::int64_t column) {
    return data[static_cast<std::size_t>(row * columns + column)];
  };
}

inline auto transposed(std::span<const float> data, std::int64_t columns) {
  return [=](std::int64_t row, std::int64_t column) {
    return data[static_cast<std::size_t>(column * columns + row)];
  };
}

inline Reference reference_forward(const kernels::FcShape& s, std::span<const float> src,
                                   std::span<const float> weights, std::span<const float> bias,
                                   bool relu) {
  Reference r =
      reference_product(s.rows, s.oc, s.ic, matrix(src, s.ic), transposed(weights, s.ic), bias);
  if (relu)
    for (double& x : r.value) x = std::max(x, 0.0);
  return r;
}

inline Reference reference_backward_data(const kernels::FcShape& s, std::span<const float> diff_dst,
                                         std::span<const float> weights) {
  return reference_product(s.rows, s.ic, s.oc, matrix(diff_dst, s.oc), matrix(weights, s.ic));
}

inline Reference reference_backward_weights(const kernels::FcShape& s, std::span<const float> src,
                                            std::span<const float> diff_dst) {
  return reference_product(s.oc, s.ic, s.rows, transposed(diff_dst, s.oc), matrix(src, s.ic));
}

inline Reference reference_backward_bias(const kernels::FcShape& s,
                                         std::span<const float> diff_dst) {
  const auto one = [](std::int64_t, std::int64_t) { return 1.0F; };
  return reference_product(1, s.oc, s.rows, one, matrix(diff_dst, s.oc));
}

/// k products summed in float in any order, rounded after every operation: each term passes at most
/// k + 2 roundings of half an epsilon (its product, the sums, the bias), twice that with
/// second-order terms. (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1.)
inline void expect_near(std::span<const float> actual, const Reference& reference) {
  ASSERT_EQ(actual.size(), reference.value.size());
  const double unit = static_cast<double>(reference.terms + 2) *
                      static_cast<double>(std::numeric_limits<float>::epsilon());
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], reference.value[i], unit * reference.magnitude[i]) << "element " << i;
}

/// For operands whose sums are exact in float.
inline void expect_equal(std::span<const float> actual, const Reference& reference) {
  ASSERT_EQ(actual.size(), reference.value.size());
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_EQ(actual[i], reference.value[i]) << "element " << i;
}

}  // namespace karnin::test
