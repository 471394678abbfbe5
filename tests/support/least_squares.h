// Systems of equations the slow way: Gaussian elimination with pivots, in double precision.
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace karnin::test {

using Matrix = std::vector<std::vector<double>>;

/// The x of a x = b.
inline std::vector<double> solution(Matrix a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < n; ++i)
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

/// The rows and columns of these indices.
inline Matrix part(const Matrix& a, const std::vector<std::size_t>& indices) {
  Matrix result;
  for (const std::size_t i : indices) {
    result.emplace_back();
    for (const std::size_t j : indices) result.back().push_back(a[i][j]);
  }
  return result;
}

}  // namespace karnin::test
