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
  const auto kept = [&](std::size_t i) { return mask.empty() ? weights[i] != 0.0F : mask[i] != 0; };
  std::size_t nnz = 0;
  for (std::size_t i = 0; i < count; ++i) nnz += kept(i) ? 1 : 0;
  SparseMatrix sparse{rows, cols, {0}, {}, {}};
  sparse.row_ptr.reserve(static_cast<std::size_t>(rows) + 1);
  // Every weight is written and the next one overwrites it unless it is kept: nobody foretells a
  // branch here. Hence the place behind the last one.
  sparse.col_idx.resize(nnz + 1);
  sparse.values.resize(nnz + 1);
  std::size_t n = 0;
  std::size_t i = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t col = 0; col < cols; ++col, ++i) {
      sparse.col_idx[n] = static_cast<std::uint32_t>(col);
      sparse.values[n] = weights[i];
      n += kept(i) ? 1 : 0;
    }
    sparse.row_ptr.push_back(static_cast<std::uint32_t>(n));
  }
  sparse.col_idx.pop_back();
  sparse.values.pop_back();
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
