// Sparse weights in the order in which the kernels want them. Packed once, when a plan is made.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/core/aligned.h"
#include "runtime/core/sparse_matrix.h"
#include "runtime/kernels/kernels.h"

namespace karnin::kernels {

/// Columns are cut into tiles of nearly equal width, within reach of a 16-bit offset and, for more
/// than one lane, of a size that leaves two blocks of activations in the first-level cache. In each
/// tile rows are sorted by their number of weights, longest first, and cut into groups of
/// kSparseGroup, so that the rows of a group end at nearly the same step.
class PackedSparse {
 public:
  /// The matrix is (oc x ic), sound as SparseMatrix demands, and may be dropped afterwards. `lanes`
  /// images lie side by side in the activations: Table::lanes, or 1 for fc_sparse_gather.
  PackedSparse(const SparseMatrix& matrix, std::int64_t lanes);

  /// Valid while this object lives, also after it was moved.
  SparseView view() const;

 private:
  void pack_tile(const SparseMatrix& matrix, std::int64_t tile, std::int64_t lanes);

  std::int64_t ic_;
  std::int64_t oc_;
  std::int64_t tiles_;
  std::int64_t tile_columns_;
  std::vector<std::uint64_t> group_ptr_;
  std::vector<std::uint32_t> group_rows_;
  AlignedVector<std::uint16_t> offsets_;
  AlignedVector<float> weights_;
};

}  // namespace karnin::kernels
