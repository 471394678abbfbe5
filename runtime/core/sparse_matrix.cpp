#include "runtime/core/sparse_matrix.h"

#include "runtime/core/checked.h"

namespace karnin {

SparseMatrix SparseMatrix::from_dense(std::span<const float> weights, std::int64_t rows,
                                      std::int64_t cols, std::span<const std::uint8_t> mask) {
  const auto count = static_cast<std::size_t>(checked_mul(rows, cols));
  if (weights.size() != count || (!mask.empty() && mask.size() != count))
    throw ArgumentError("sparse matrix: expected " + std::to_string(count) + " weights, got " +
                        std::to_string(weights.size()) + " with a mask of " +
                        std::to_string(mask.size()));
  if (count > std::numeric_limits<std::uint32_t>::max())
    throw ArgumentError("sparse matrix: more than 2^32 - 1 weights");
  SparseMatrix sparse{rows, cols, {0}, {}, {}};
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t col = 0; col < cols; ++col) {
      const auto i = static_cast<std::size_t>(row * cols + col);
      if (mask.empty() ? weights[i] == 0.0F : mask[i] == 0) continue;
      sparse.col_idx.push_back(static_cast<std::uint32_t>(col));
      sparse.values.push_back(weights[i]);
    }
    sparse.row_ptr.push_back(static_cast<std::uint32_t>(sparse.values.size()));
  }
  return sparse;
}

std::vector<float> SparseMatrix::to_dense() const {
  std::vector<float> dense(static_cast<std::size_t>(rows * cols), 0.0F);
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::uint32_t i = row_ptr[row]; i < row_ptr[row + 1]; ++i)
      dense[static_cast<std::size_t>(row * cols + col_idx[i])] = values[i];
  return dense;
}

}  // namespace karnin
