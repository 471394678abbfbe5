#include "runtime/core/sparse_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

using testing::ElementsAre;

TEST(SparseMatrix, KeepsNonzerosRowByRow) {
  const std::vector<float> dense{0, 2, 0, 0, 0, 0, 5, 0, 7};
  const SparseMatrix sparse = SparseMatrix::from_dense(dense, 3, 3);
  EXPECT_THAT(sparse.row_ptr, ElementsAre(0, 1, 1, 3));
  EXPECT_THAT(sparse.col_idx, ElementsAre(1, 0, 2));
  EXPECT_THAT(sparse.values, ElementsAre(2, 5, 7));
  EXPECT_EQ(sparse.to_dense(), dense);
}

TEST(SparseMatrix, AMaskDecidesEvenAgainstTheValue) {
  const std::vector<float> dense{0, 2, 3, 0};
  const std::vector<std::uint8_t> mask{1, 0, 1, 0};
  const SparseMatrix sparse = SparseMatrix::from_dense(dense, 2, 2, mask);
  EXPECT_THAT(sparse.col_idx, ElementsAre(0, 0));
  EXPECT_THAT(sparse.values, ElementsAre(0, 3));  // a kept weight may be 0
  EXPECT_THAT(sparse.to_dense(), ElementsAre(0, 0, 3, 0));
}

TEST(SparseMatrix, RoundTripsEveryDensityAndShape) {
  for (const std::int64_t rows : {0, 1, 2, 7, 33})
    for (const std::int64_t cols : {1, 3, 8, 65})
      for (const double density : {0.0, 0.1, 0.5, 1.0}) {
        std::vector<float> dense(static_cast<std::size_t>(rows * cols));
        for (std::size_t i = 0; i < dense.size(); ++i)
          if (uniform01(hash(1, i)) < density) dense[i] = static_cast<float>(i + 1);
        const SparseMatrix sparse = SparseMatrix::from_dense(dense, rows, cols);
        EXPECT_EQ(sparse.to_dense(), dense) << rows << " x " << cols << " at " << density;
        EXPECT_EQ(sparse.row_ptr.size(), static_cast<std::size_t>(rows) + 1);
        EXPECT_EQ(sparse.row_ptr.back(), sparse.values.size());
      }
}

TEST(SparseMatrix, RefusesSizesThatDoNotFit) {
  const std::vector<float> six(6, 1.0F);
  const std::vector<std::uint8_t> five(5, 1);
  EXPECT_THROW(SparseMatrix::from_dense(six, 2, 4), ArgumentError);
  EXPECT_THROW(SparseMatrix::from_dense(six, -2, -3), ArgumentError);
  EXPECT_THROW(SparseMatrix::from_dense(six, 2, 3, five), ArgumentError);
  EXPECT_THROW(SparseMatrix::from_dense(six, std::numeric_limits<std::int64_t>::max(), 6),
               ArgumentError);
}

}  // namespace
}  // namespace karnin
