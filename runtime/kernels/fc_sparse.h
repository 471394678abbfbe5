// Sparse weights in the order in which the kernels want them. Packed once, when a plan is made.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/core/aligned.h"
#include "runtime/core/sparse_matrix.h"
#include "runtime/kernels/kernels.h"

namespace karnin::kernels {

/// Rows are sorted by their number of weights, longest first, and cut into groups of kSparseGroup,
/// so that the rows of a group end at nearly the same step. The same for every instruction set.
class PackedSparse {
 public:
  /// The matrix is (oc x ic), sound as SparseMatrix demands, and may be dropped afterwards.
  explicit PackedSparse(const SparseMatrix& matrix);

  /// Valid while this object lives, also after it was moved.
  SparseView view() const;

 private:
  std::int64_t ic_;
  std::int64_t oc_;
  std::vector<std::uint64_t> group_ptr_;
  std::vector<std::uint32_t> group_rows_;
  AlignedVector<SparseEntry> entries_;
};

}  // namespace karnin::kernels
