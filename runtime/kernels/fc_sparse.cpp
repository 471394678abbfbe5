#include "runtime/kernels/fc_sparse.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace karnin::kernels {
namespace {

constexpr std::size_t kGroup = kSparseGroup;

std::uint32_t row_length(const SparseMatrix& matrix, std::uint32_t row) {
  return matrix.row_ptr[row + 1] - matrix.row_ptr[row];
}

/// All rows, longest first, then the filler `matrix.rows` up to a whole number of groups.
std::vector<std::uint32_t> grouped_rows(const SparseMatrix& matrix) {
  const auto rows = static_cast<std::size_t>(matrix.rows);
  std::vector<std::uint32_t> order((rows + kGroup - 1) / kGroup * kGroup,
                                   static_cast<std::uint32_t>(rows));
  const auto end = order.begin() + matrix.rows;
  std::iota(order.begin(), end, 0U);
  std::stable_sort(order.begin(), end, [&](std::uint32_t a, std::uint32_t b) {
    return row_length(matrix, a) > row_length(matrix, b);
  });
  return order;
}

}  // namespace

PackedSparse::PackedSparse(const SparseMatrix& matrix)
    : ic_(matrix.cols), oc_(matrix.rows), group_ptr_{0}, group_rows_(grouped_rows(matrix)) {
  assert(matrix.row_ptr.size() == static_cast<std::size_t>(matrix.rows) + 1);
  for (std::size_t first = 0; first < group_rows_.size(); first += kGroup)
    group_ptr_.push_back(group_ptr_.back() + row_length(matrix, group_rows_[first]));

  entries_.assign(group_ptr_.back() * kGroup, SparseEntry{0, 0.0F});
  for (std::size_t i = 0; i < group_rows_.size(); ++i) {
    const std::uint32_t row = group_rows_[i];
    if (row == oc_) continue;  // filler
    SparseEntry* entry = entries_.data() + group_ptr_[i / kGroup] * kGroup + i % kGroup;
    for (std::uint32_t at = matrix.row_ptr[row]; at < matrix.row_ptr[row + 1]; ++at) {
      *entry = {matrix.col_idx[at], matrix.values[at]};
      entry += kGroup;
    }
  }
}

SparseView PackedSparse::view() const {
  return {ic_,
          oc_,
          static_cast<std::int64_t>(group_ptr_.size()) - 1,
          group_ptr_.data(),
          group_rows_.data(),
          entries_.data()};
}

}  // namespace karnin::kernels
