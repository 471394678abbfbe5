#include "train/calibration/symmetric_matrix.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "tests/support/fill.h"
#include "tests/support/least_squares.h"

namespace karnin {
namespace {

/// A A^T / n and something on the diagonal: its numbers are of about one size.
test::Matrix positive_definite(std::size_t n) {
  const auto values = test::uniforms(static_cast<std::int64_t>(n * n), 3);
  test::Matrix matrix(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k)
        matrix[i][j] +=
            double{values[i * n + k]} * double{values[j * n + k]} / static_cast<double>(n);
      if (i == j) matrix[i][j] += 0.1;
    }
  return matrix;
}

SymmetricMatrix as_floats(const test::Matrix& matrix) {
  const auto n = static_cast<std::int64_t>(matrix.size());
  SymmetricMatrix result(n);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j)
      result.row(i)[j] =
          static_cast<float>(matrix[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)]);
  return result;
}

class SymmetricMatrixTest : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(AroundPanels, SymmetricMatrixTest, testing::Values(1, 2, 63, 64, 65, 150));

/// Conditions stay below 100, and single precision loses no more than that many roundings of n.
constexpr double kTolerance = 2e-3;

TEST_P(SymmetricMatrixTest, SolvesAsEliminationDoes) {
  const test::Matrix matrix = positive_definite(GetParam());
  std::vector<double> b(GetParam());
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = 0.5 + static_cast<double>(i % 3);
  const std::vector<double> expected = test::solution(matrix, b);
  SymmetricMatrix system = as_floats(matrix);
  system.factorise();
  system.solve(b);
  for (std::size_t i = 0; i < b.size(); ++i) EXPECT_NEAR(b[i], expected[i], kTolerance) << i;
}

TEST_P(SymmetricMatrixTest, TimesItsInverseIsOne) {
  const test::Matrix matrix = positive_definite(GetParam());
  SymmetricMatrix inverse = as_floats(matrix);
  inverse.invert();
  const std::size_t n = GetParam();
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k)
        sum += matrix[i][k] * double{inverse.row(static_cast<std::int64_t>(k))[j]};
      ASSERT_NEAR(sum, i == j ? 1 : 0, kTolerance) << i << ", " << j;
    }
}

/// What is left of an inverse is the inverse of what is left.
TEST_P(SymmetricMatrixTest, TakesUnknownsOutOfAnInverse) {
  const std::size_t n = GetParam(), left = n / 2;
  const test::Matrix matrix = positive_definite(n);
  SymmetricMatrix inverse = as_floats(matrix);
  inverse.invert();
  std::vector<std::size_t> first(left);
  std::iota(first.begin(), first.end(), std::size_t{0});
  while (static_cast<std::size_t>(inverse.size()) > left)
    inverse.take_out(std::min<std::int64_t>(inverse.size() - static_cast<std::int64_t>(left),
                                            SymmetricMatrix::kPanel));
  const test::Matrix rest = test::part(matrix, first);
  for (std::size_t i = 0; i < left; ++i) {
    std::vector<double> unit(left);
    unit[i] = 1;
    const std::vector<double> expected = test::solution(rest, unit);
    for (std::size_t j = 0; j < left; ++j)
      ASSERT_NEAR(inverse.row(static_cast<std::int64_t>(i))[j], expected[j], kTolerance);
  }
}

TEST(SymmetricMatrix, GathersRowsAndColumns) {
  const test::Matrix matrix = positive_definite(5);
  SymmetricMatrix part(3);
  part.gather(as_floats(matrix), std::vector<std::int32_t>{4, 0, 2});
  EXPECT_EQ(part.size(), 3);
  EXPECT_EQ(part.row(0)[1], static_cast<float>(matrix[4][0]));
  EXPECT_EQ(part.row(1)[2], static_cast<float>(matrix[0][2]));
}

}  // namespace
}  // namespace karnin
