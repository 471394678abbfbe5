// A sparse layer cut into ranges of rows of about as many weights each, so that threads without a
// shard of their own can take some.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/core/sparse_matrix.h"
#include "runtime/kernels/fc_sparse.h"

namespace karnin {

/// Bounds of the ranges, ascending from 0 to matrix.rows: `parts` of them or fewer, none empty (for
/// a matrix without rows: one). All but the last are a multiple of kGatherGroup rows.
std::vector<std::int64_t> balanced_rows(const SparseMatrix& matrix, std::int64_t parts);

/// The ranges, packed. How many there are follows from the weights and images alone, as do the sums
/// of every row: whoever computes them, the bits are the same.
class SparseParts {
 public:
  SparseParts() = default;
  /// For shards of so many images; lanes as for PackedSparse.
  SparseParts(const SparseMatrix& matrix, std::int64_t lanes, std::int64_t images);

  std::int64_t count() const { return packed_.parts(); }
  kernels::SparseView view(std::int64_t part) const { return packed_.view(part); }

 private:
  kernels::PackedSparse packed_{SparseMatrix::from_dense({}, 0, 0), 1};
};

}  // namespace karnin
