#include "runtime/kernels/fc_sparse.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <numeric>
#include <span>

namespace karnin::kernels {
namespace {

/// Two blocks of so many columns are 32 KiB of activations for AVX2.
constexpr std::int64_t kTileColumns = 512;

/// What a 16-bit offset in bytes reaches with one image.
constexpr std::int64_t kReach = 65536 / sizeof(float);

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// Where the weights of one row lie that a tile covers.
struct Stretch {
  std::uint32_t begin, end;
  std::uint32_t size() const { return end - begin; }
};

/// One of each of the rows, for the columns [first, last).
std::vector<Stretch> stretches(const SparseMatrix& matrix, RowRange rows, std::int64_t first,
                               std::int64_t last) {
  const auto at = [&](std::size_t row, std::int64_t column) {
    const auto begin = matrix.col_idx.begin() + matrix.row_ptr[row];
    const auto end = matrix.col_idx.begin() + matrix.row_ptr[row + 1];
    return static_cast<std::uint32_t>(std::lower_bound(begin, end, column) -
                                      matrix.col_idx.begin());
  };
  std::vector<Stretch> all(static_cast<std::size_t>(rows.count()));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t row = static_cast<std::size_t>(rows.first) + i;
    all[i] = {at(row, first), at(row, last)};
  }
  return all;
}

/// All of them by their place, longest first, then fillers up to a whole number of groups.
std::vector<std::uint32_t> grouped_rows(std::span<const Stretch> rows, std::int64_t group) {
  const auto count = static_cast<std::int64_t>(rows.size());
  std::vector<std::uint32_t> order(static_cast<std::size_t>(ceil_div(count, group) * group),
                                   static_cast<std::uint32_t>(count));
  const auto end = order.begin() + count;
  std::iota(order.begin(), end, 0U);
  std::stable_sort(order.begin(), end, [&](std::uint32_t a, std::uint32_t b) {
    return rows[a].size() > rows[b].size();
  });
  return order;
}

template <typename T>
void put(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

}  // namespace

PackedSparse::PackedSparse(const SparseMatrix& matrix, std::int64_t lanes)
    : PackedSparse(matrix, lanes, {0, matrix.rows}) {}

PackedSparse::PackedSparse(const SparseMatrix& matrix, std::int64_t lanes, RowRange rows)
    : ic_(matrix.cols),
      oc_(matrix.rows),
      rows_(rows),
      group_(lanes == 1 ? kGatherGroup : kSparseGroup),
      tiles_(std::max<std::int64_t>(1, ceil_div(ic_, lanes == 1 ? kReach : kTileColumns))),
      tile_columns_(ceil_div(ic_, tiles_)),
      group_ptr_{0} {
  assert(matrix.row_ptr.size() == static_cast<std::size_t>(matrix.rows) + 1);
  assert(kTileColumns * lanes <= kReach);
  for (std::int64_t tile = 0; tile < tiles_; ++tile) group_tile(matrix, tile);
  steps_.resize(group_ptr_.back() * static_cast<std::size_t>(sparse_step_bytes(group_)));
  for (std::int64_t tile = 0; tile < tiles_; ++tile) pack_tile(matrix, tile, lanes);
}

void PackedSparse::group_tile(const SparseMatrix& matrix, std::int64_t tile) {
  const std::int64_t first = tile * tile_columns_;
  const std::vector<Stretch> rows = stretches(matrix, rows_, first, first + tile_columns_);
  const std::vector<std::uint32_t> order = grouped_rows(rows, group_);
  for (std::size_t row = 0; row < order.size(); row += static_cast<std::size_t>(group_))
    group_ptr_.push_back(group_ptr_.back() + rows[order[row]].size());
  for (const std::uint32_t row : order)
    group_rows_.push_back(static_cast<std::uint32_t>(row == rows.size() ? oc_ : rows_.first + row));
}

void PackedSparse::pack_tile(const SparseMatrix& matrix, std::int64_t tile, std::int64_t lanes) {
  const std::int64_t first = tile * tile_columns_;
  const std::vector<Stretch> rows = stretches(matrix, rows_, first, first + tile_columns_);
  const auto group_rows = static_cast<std::size_t>(group_);
  const std::size_t groups = group_rows_.size() / group_rows / static_cast<std::size_t>(tiles_);
  const std::size_t tile_group = static_cast<std::size_t>(tile) * groups;
  const auto step_bytes = static_cast<std::size_t>(sparse_step_bytes(group_));
  for (std::size_t i = tile_group * group_rows; i < (tile_group + groups) * group_rows; ++i) {
    if (group_rows_[i] == oc_) continue;
    const Stretch row = rows[group_rows_[i] - static_cast<std::size_t>(rows_.first)];
    const std::size_t r = i % group_rows;
    std::byte* step = steps_.data() + group_ptr_[i / group_rows] * step_bytes;
    for (std::uint32_t at = row.begin; at < row.end; ++at, step += step_bytes) {
      const std::int64_t offset =
          (matrix.col_idx[at] - first) * lanes * static_cast<std::int64_t>(sizeof(float));
      put(step + r * sizeof(float), matrix.values[at]);
      put(step + group_rows * sizeof(float) + r * sizeof(std::uint16_t),
          static_cast<std::uint16_t>(offset));
    }
  }
}

SparseView PackedSparse::view() const {
  return {.ic = ic_,
          .oc = oc_,
          .rows = rows_.count(),
          .tiles = tiles_,
          .tile_columns = tile_columns_,
          .groups = ceil_div(rows_.count(), group_),
          .group_ptr = group_ptr_.data(),
          .group_rows = group_rows_.data(),
          .steps = steps_.data()};
}

}  // namespace karnin::kernels
