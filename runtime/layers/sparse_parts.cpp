#include "runtime/layers/sparse_parts.h"

#include <algorithm>

namespace karnin {
namespace {

// Products of a weight and an image that take some 10 to 20 microseconds: to wake a thread for less
// is not worth while. One image at a time they take longer.
constexpr std::int64_t kPartInLanes = std::int64_t{1} << 18;
constexpr std::int64_t kPartGathered = std::int64_t{1} << 16;
constexpr std::int64_t kMostParts = 64;

std::int64_t parts_of(const SparseMatrix& matrix, std::int64_t lanes, std::int64_t images) {
  const std::int64_t least = lanes == 1 ? kPartGathered : kPartInLanes;
  return std::clamp<std::int64_t>(matrix.nnz() * images / least, 1, kMostParts);
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

SparseParts::SparseParts(const SparseMatrix& matrix, std::int64_t lanes, std::int64_t images) {
  const std::vector<std::int64_t> bounds = balanced_rows(matrix, parts_of(matrix, lanes, images));
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i)
    parts_.emplace_back(matrix, lanes, kernels::RowRange{bounds[i], bounds[i + 1]});
}

}  // namespace karnin
