#include "runtime/kernels/fc_sparse.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <span>

namespace karnin::kernels {
namespace {

constexpr std::int64_t kGroup = kSparseGroup;

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

/// One of every row, for the columns [first, last).
std::vector<Stretch> stretches(const SparseMatrix& matrix, std::int64_t first, std::int64_t last) {
  const auto at = [&](std::size_t row, std::int64_t column) {
    const auto begin = matrix.col_idx.begin() + matrix.row_ptr[row];
    const auto end = matrix.col_idx.begin() + matrix.row_ptr[row + 1];
    return static_cast<std::uint32_t>(std::lower_bound(begin, end, column) -
                                      matrix.col_idx.begin());
  };
  std::vector<Stretch> all(static_cast<std::size_t>(matrix.rows));
  for (std::size_t row = 0; row < all.size(); ++row) all[row] = {at(row, first), at(row, last)};
  return all;
}

/// All rows, longest first, then fillers up to a whole number of groups.
std::vector<std::uint32_t> grouped_rows(std::span<const Stretch> rows) {
  const auto count = static_cast<std::int64_t>(rows.size());
  std::vector<std::uint32_t> order(static_cast<std::size_t>(ceil_div(count, kGroup) * kGroup),
                                   static_cast<std::uint32_t>(count));
  const auto end = order.begin() + count;
  std::iota(order.begin(), end, 0U);
  std::stable_sort(order.begin(), end, [&](std::uint32_t a, std::uint32_t b) {
    return rows[a].size() > rows[b].size();
  });
  return order;
}

}  // namespace

PackedSparse::PackedSparse(const SparseMatrix& matrix, std::int64_t lanes)
    : ic_(matrix.cols),
      oc_(matrix.rows),
      tiles_(std::max<std::int64_t>(1, ceil_div(ic_, lanes == 1 ? kReach : kTileColumns))),
      tile_columns_(ceil_div(ic_, tiles_)),
      group_ptr_{0} {
  assert(matrix.row_ptr.size() == static_cast<std::size_t>(matrix.rows) + 1);
  assert(kTileColumns * lanes <= kReach);
  offsets_.reserve(matrix.values.size());  // and a little more where groups are filled up
  weights_.reserve(matrix.values.size());
  for (std::int64_t tile = 0; tile < tiles_; ++tile) pack_tile(matrix, tile, lanes);
}

void PackedSparse::pack_tile(const SparseMatrix& matrix, std::int64_t tile, std::int64_t lanes) {
  const std::int64_t first = tile * tile_columns_;
  const std::vector<Stretch> rows = stretches(matrix, first, first + tile_columns_);
  const std::vector<std::uint32_t> order = grouped_rows(rows);
  for (std::size_t group = 0; group < order.size(); group += kGroup) {
    const std::size_t start = weights_.size();
    const std::size_t steps = rows[order[group]].size();
    offsets_.resize(start + steps * kGroup, 0);
    weights_.resize(start + steps * kGroup, 0.0F);
    group_ptr_.push_back(group_ptr_.back() + steps);
    for (std::size_t r = 0; r < kGroup && order[group + r] != oc_; ++r) {
      const Stretch row = rows[order[group + r]];
      for (std::uint32_t i = row.begin; i < row.end; ++i) {
        const std::size_t to = start + (i - row.begin) * kGroup + r;
        offsets_[to] = static_cast<std::uint16_t>((matrix.col_idx[i] - first) * lanes *
                                                  static_cast<std::int64_t>(sizeof(float)));
        weights_[to] = matrix.values[i];
      }
    }
  }
  group_rows_.insert(group_rows_.end(), order.begin(), order.end());
}

SparseView PackedSparse::view() const {
  return {.ic = ic_,
          .oc = oc_,
          .tiles = tiles_,
          .tile_columns = tile_columns_,
          .groups = ceil_div(oc_, kGroup),
          .group_ptr = group_ptr_.data(),
          .group_rows = group_rows_.data(),
          .offsets = offsets_.data(),
          .weights = weights_.data()};
}

}  // namespace karnin::kernels
