// Sparse weights in the order in which the kernels want them. Packed once, when a plan is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "runtime/core/aligned.h"
#include "runtime/core/sparse_matrix.h"
#include "runtime/kernels/kernels.h"

namespace karnin::kernels {

/// Columns are cut into tiles of nearly equal width, within reach of a 16-bit offset and, for more
/// than one lane, of a size that leaves two blocks of activations in the first-level cache. In each
/// tile rows are sorted by their number of weights, longest first, and cut into groups, so that the
/// rows of a group end at nearly the same step.
class PackedSparse {
 public:
  /// The matrix is (oc x ic), sound as SparseMatrix demands, and may be dropped afterwards. `lanes`
  /// images lie side by side in the activations: Table::lanes, in groups of kSparseGroup, or 1 for
  /// fc_sparse_gather, in groups of kGatherGroup.
  PackedSparse(const SparseMatrix& matrix, std::int64_t lanes);
  /// The same in parts: part i is rows [bounds[i], bounds[i + 1]), 0 and oc being the outer bounds.
  PackedSparse(const SparseMatrix& matrix, std::int64_t lanes,
               std::span<const std::int64_t> bounds);

  std::int64_t parts() const { return static_cast<std::int64_t>(parts_.size()); }

  /// One part. The dst of rows outside is neither read nor written. Valid while this object lives,
  /// also after it was moved.
  SparseView view(std::int64_t part = 0) const;

  /// Replaces every weight, fillers included, in the order of the steps and of their rows, by what
  /// replacement(weight) gives.
  template <typename Replacement>
  void replace_weights(const Replacement& replacement) {
    const auto step_bytes = static_cast<std::size_t>(sparse_step_bytes(group_));
    for (std::size_t step = 0; step < steps_.size(); step += step_bytes)
      for (std::int64_t row = 0; row < group_; ++row) {
        std::byte* const at = steps_.data() + step + static_cast<std::size_t>(row) * sizeof(float);
        float weight = 0;
        std::memcpy(&weight, at, sizeof weight);
        weight = replacement(weight);
        std::memcpy(at, &weight, sizeof weight);
      }
  }

 private:
  /// Rows [first, last), whose groups start at first_group.
  struct Part {
    std::int64_t first, last;
    std::size_t first_group;
    std::int64_t rows() const { return last - first; }
  };

  void group_tile(const SparseMatrix& matrix, const Part& part, std::int64_t tile);
  void pack_tile(const SparseMatrix& matrix, const Part& part, std::int64_t tile,
                 std::int64_t lanes);

  std::int64_t ic_;
  std::int64_t oc_;
  std::int64_t group_;  ///< rows
  std::int64_t tiles_;
  std::int64_t tile_columns_;
  std::vector<Part> parts_;
  std::vector<std::uint64_t> group_ptr_;
  std::vector<std::uint32_t> group_rows_;
  AlignedVector<std::byte> steps_;
};

}  // namespace karnin::kernels
