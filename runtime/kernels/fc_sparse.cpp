#include "runtime/kernels/fc_sparse.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <numeric>
#include <span>

#include "runtime/core/ceil_div.h"

namespace karnin::kernels {
namespace {

/// Two blocks of so many columns are 32 KiB of activations for AVX2.
constexpr std::int64_t kTileColumns = 512;

/// What a 16-bit offset in bytes reaches with one image.
constexpr std::int64_t kReach = 65536 / sizeof(float);

/// Where the weights of one row lie that a tile covers.
struct Stretch {
  std::uint32_t begin, end;
  std::uint32_t size() const { return end - begin; }
};

/// One of each row in [first_row, last_row), for the columns [first, last).
std::vector<Stretch> stretches(const SparseMatrix& matrix, std::int64_t first_row,
                               std::int64_t last_row, std::int64_t first, std::int64_t last) {
  const auto at = [&](std::size_t row, std::int64_t column) {
    const auto begin = matrix.col_idx.begin() + matrix.row_ptr[row];
    const auto end = matrix.col_idx.begin() + matrix.row_ptr[row + 1];
    return static_cast<std::uint32_t>(std::lower_bound(begin, end, column) -
                                      matrix.col_idx.begin());
  };
  std::vector<Stretch> all(static_cast<std::size_t>(last_row - first_row));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t row = static_cast<std::size_t>(first_row) + i;
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
    : PackedSparse(matrix, lanes, std::array<std::int64_t, 2>{0, matrix.rows}) {}

PackedSparse::PackedSparse(const SparseMatrix& matrix, std::int64_t lanes,
                           std::span<const std::int64_t> bounds)
    : ic_(matrix.cols),
      oc_(matrix.rows),
      group_(lanes == 1 ? kGatherGroup : kSparseGroup),
      tiles_(std::max<std::int64_t>(1, ceil_div(ic_, lanes == 1 ? kReach : kTileColumns))),
      tile_columns_(ceil_div(ic_, tiles_)),
      group_ptr_{0} {
  assert(matrix.row_ptr.size() == static_cast<std::size_t>(matrix.rows) + 1);
  assert(bounds.front() == 0 && bounds.back() == oc_);
  assert(kTileColumns * lanes <= kReach);
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    parts_.push_back({bounds[i], bounds[i + 1], group_ptr_.size() - 1});
    for (std::int64_t tile = 0; tile < tiles_; ++tile) group_tile(matrix, parts_.back(), tile);
  }
  // All parts in one piece, which may be large enough for huge pages.
  steps_.resize(group_ptr_.back() * static_cast<std::size_t>(sparse_step_bytes(group_)));
  for (const Part& part : parts_)
    for (std::int64_t tile = 0; tile < tiles_; ++tile) pack_tile(matrix, part, tile, lanes);
}

void PackedSparse::group_tile(const SparseMatrix& matrix, const Part& part, std::int64_t tile) {
  const std::int64_t first = tile * tile_columns_;
  const std::vector<Stretch> rows =
      stretches(matrix, part.first, part.last, first, first + tile_columns_);
  const std::vector<std::uint32_t> order = grouped_rows(rows, group_);
  for (std::size_t row = 0; row < order.size(); row += static_cast<std::size_t>(group_))
    group_ptr_.push_back(group_ptr_.back() + rows[order[row]].size());
  for (const std::uint32_t row : order)
    group_rows_.push_back(static_cast<std::uint32_t>(row == rows.size() ? oc_ : part.first + row));
}

void PackedSparse::pack_tile(const SparseMatrix& matrix, const Part& part, std::int64_t tile,
                             std::int64_t lanes) {
  const std::int64_t first = tile * tile_columns_;
  const std::vector<Stretch> rows =
      stretches(matrix, part.first, part.last, first, first + tile_columns_);
  const auto group_rows = static_cast<std::size_t>(group_);
  const auto groups = static_cast<std::size_t>(ceil_div(part.rows(), group_));
  const std::size_t tile_group = part.first_group + static_cast<std::size_t>(tile) * groups;
  const auto step_bytes = static_cast<std::size_t>(sparse_step_bytes(group_));
  for (std::size_t i = tile_group * group_rows; i < (tile_group + groups) * group_rows; ++i) {
    if (group_rows_[i] == oc_) continue;
    const Stretch row = rows[group_rows_[i] - static_cast<std::size_t>(part.first)];
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

SparseView PackedSparse::view(std::int64_t part) const {
  const Part& its = parts_[static_cast<std::size_t>(part)];
  return {.ic = ic_,
          .oc = oc_,
          .rows = its.rows(),
          .tiles = tiles_,
          .tile_columns = tile_columns_,
          .groups = ceil_div(its.rows(), group_),
          .group_ptr = group_ptr_.data() + its.first_group,
          .group_rows = group_rows_.data() + its.first_group * static_cast<std::size_t>(group_),
          .steps = steps_.data()};
}

}  // namespace karnin::kernels
