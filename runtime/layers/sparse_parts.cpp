#include "runtime/layers/sparse_parts.h"

#include <algorithm>
#include <bit>

namespace karnin {
namespace {

// Products of a weight and an image that take some 10 to 20 microseconds: to wake a thread for less
// is not worth while. One image at a time they take longer.
constexpr std::int64_t kPartInLanes = std::int64_t{1} << 18;
constexpr std::int64_t kPartGathered = std::int64_t{1} << 16;
// Every part fetches all activations, so it should use each of them so often.
constexpr std::int64_t kUses = 24;
constexpr std::int64_t kMostParts = 64;

/// A power of two, which most numbers of threads can share evenly.
std::int64_t parts_of(const SparseMatrix& matrix, std::int64_t lanes, std::int64_t images) {
  const std::int64_t worth = matrix.nnz() * images / (lanes == 1 ? kPartGathered : kPartInLanes);
  const std::int64_t useful =
      lanes == 1 ? worth : matrix.nnz() / kUses / std::max<std::int64_t>(matrix.cols, 1);
  const auto parts = std::clamp<std::int64_t>(std::min(worth, useful), 1, kMostParts);
  return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(parts)));
}

}  // namespace

std::vector<std::int64_t> balanced_rows(const SparseMatrix& matrix, std::int64_t parts) {
  // A row without weights takes time, too.
  const auto work = [&](std::int64_t row) {
    return static_cast<std::int64_t>(matrix.row_ptr[static_cast<std::size_t>(row)]) + row;
  };
  std::vector<std::int64_t> bounds{0};
  for (std::int64_t row = kernels::kGatherGroup; row < matrix.rows; row += kernels::kGatherGroup)
    if (work(row) * parts >= static_cast<std::int64_t>(bounds.size()) * work(matrix.rows))
      bounds.push_back(row);
  bounds.push_back(matrix.rows);
  return bounds;
}

SparseParts::SparseParts(const SparseMatrix& matrix, std::int64_t lanes, std::int64_t images)
    : packed_(matrix, lanes, balanced_rows(matrix, parts_of(matrix, lanes, images))) {}

}  // namespace karnin
