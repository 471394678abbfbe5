// Convolution over the kept weights alone, with images in the lanes, of any stride and padding.
// Each output channel walks its own taps over a copy of the window that all of them read, which
// stays in the first-level cache: a load then costs no more than the FMA that it feeds.
#pragma once

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/window-inl.h"

namespace karnin::kernels {

/// A tile of outputs at (y, x), and the group of planes that it sees this time.
struct SparseStep {
  std::int64_t y, x, rows, columns, group;
};

[[gnu::always_inline]] inline std::int64_t at_most(std::int64_t most, std::int64_t left) noexcept {
  return most < left ? most : left;
}

/// Of `count` places, one every `stride` from `first` on, those within [0, size): [begin, end).
struct Inside {
  std::int64_t begin, end;
};

[[gnu::always_inline]] inline Inside inside_of(std::int64_t first, std::int64_t stride,
                                               std::int64_t size, std::int64_t count) noexcept {
  const std::int64_t begin = at_most(first < 0 ? (stride - 1 - first) / stride : 0, count);
  const std::int64_t end = first < size ? (size - 1 - first) / stride + 1 : 0;
  return {begin, end < begin ? begin : at_most(end, count)};
}

/// `count` vectors, one every `stride` of a row; zeros where there is none.
template <typename Arch>
[[gnu::always_inline]] inline void copy_vectors(const float* row, std::int64_t stride,
                                                const Inside& inside, std::int64_t count,
                                                float* copy) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  for (std::int64_t c = 0; c < inside.begin; ++c) Vec<Arch>(0.0F).store_aligned(copy + c * kW);
  for (std::int64_t c = inside.begin; c < inside.end; ++c)
    Vec<Arch>::load_unaligned(row + c * stride * kW).store_aligned(copy + c * kW);
  for (std::int64_t c = inside.end; c < count; ++c) Vec<Arch>(0.0F).store_aligned(copy + c * kW);
}

/// Rows in order, those of a row's columns that a stride sets apart one after the other.
template <typename Arch>
void copy_window(const ConvShape& s, const SparseTiles& weights, const SparseStep& step,
                 const float* src, float* window) noexcept {
  const SparseTile& tile = weights.tile;
  const std::int64_t y = step.y * s.sh - s.ph, columns = tile.window_columns;
  const std::int64_t begin = step.group * tile.planes;
  const std::int64_t end = at_most(begin + tile.planes, weights.used);
  const Inside rows = inside_of(y, 1, s.ih, tile.window_rows);
  for (std::int64_t phase = 0; phase < s.sw; ++phase) {
    const std::int64_t x = step.x * s.sw - s.pw + phase;
    const Inside inside = inside_of(x, s.sw, s.iw, columns);
    float* copy = window + phase * columns * kWidth<Arch>;
    for (std::int64_t p = begin; p < end; ++p) {
      const float* plane = src + weights.planes[p] * s.ih * s.iw * kWidth<Arch>;
      for (std::int64_t r = 0; r < tile.window_rows; ++r, copy += tile.row_floats) {
        const bool within = r >= rows.begin && r < rows.end;
        copy_vectors<Arch>(plane + ((y + r) * s.iw + x) * kWidth<Arch>, s.sw,
                           within ? inside : Inside{0, 0}, columns, copy);
      }
    }
  }
}

/// What the sums of one channel's tile begin with: the bias and what is added, or what dst holds.
struct SparseStart {
  SparseStart(const SparseRun& run, const float* bias, const float* added,
              const float* dst) noexcept
      : value(run.starts ? bias[run.oc] : 0.0F), from(run.starts ? added : dst) {}

  float value;
  const float* from;  ///< null: nothing
};

/// One channel's sums.
template <typename Arch, int Rows, int Columns>
[[gnu::noinline]] void sparse_tile(const SparseEntry* entry, const SparseEntry* end,
                                   const float* window, std::int64_t window_row,
                                   const SparseStart& start, bool relu, float* dst,
                                   std::int64_t dst_row) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  Vec<Arch> acc[Rows][Columns];
#pragma GCC unroll 2
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 16
    for (int c = 0; c < Columns; ++c) {
      acc[r][c] = Vec<Arch>(start.value);
      if (start.from != nullptr)
        acc[r][c] = acc[r][c] + Vec<Arch>::load_unaligned(start.from + r * dst_row + c * kW);
    }
  for (; entry != end; ++entry) {
    const Vec<Arch> weight(entry->weight);
    const float* x = window + entry->column;
#pragma GCC unroll 2
    for (int r = 0; r < Rows; ++r, x += window_row)
#pragma GCC unroll 16
      for (int c = 0; c < Columns; ++c)
        acc[r][c] = fma<Arch>(weight, Vec<Arch>::load_aligned(x + c * kW), acc[r][c]);
  }
#pragma GCC unroll 2
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 16
    for (int c = 0; c < Columns; ++c)
      (relu ? positive<Arch>(acc[r][c]) : acc[r][c]).store_unaligned(dst + r * dst_row + c * kW);
}

/// All channels of a tile, as far as a group of planes brings them.
template <typename Arch>
void sparse_step(const ConvShape& s, const SparseTiles& weights, const SparseStep& step,
                 const float* window, const float* bias, const float* added, bool relu,
                 float* dst) noexcept {
  constexpr int kColumns = static_cast<int>(sparse_tile_columns(kWidth<Arch>));
  const SparseRun* end = weights.runs + weights.first_run[step.group + 1];
  const std::int64_t dst_row = s.ow * kWidth<Arch>;
  with_constant<Arch, kSparseTileRows>(step.rows, [&](auto rows) {
    with_constant<Arch, kColumns>(step.columns, [&](auto columns) {
      for (const SparseRun* run = weights.runs + weights.first_run[step.group]; run < end; ++run) {
        const std::int64_t at = (run->oc * s.oh + step.y) * dst_row + step.x * kWidth<Arch>;
        const SparseStart start(*run, bias, added == nullptr ? nullptr : added + at, dst + at);
        sparse_tile<Arch, decltype(rows)::value, decltype(columns)::value>(
            weights.entries + run->first_entry, weights.entries + run[1].first_entry, window,
            s.sh * weights.tile.row_floats, start, relu && run->ends, dst + at, dst_row);
      }
    });
  });
}

template <typename Arch>
void conv_lanes_sparse(const ConvShape& s, const SparseTiles& weights, std::int64_t first,
                       std::int64_t end, const float* src, const float* bias, const float* added,
                       bool relu, float* dst) noexcept {
  alignas(64) float window[kTileWindowFloats];
  const SparseTile& tile = weights.tile;
  for (std::int64_t y = first; y < end; y += tile.rows)
    for (std::int64_t x = 0; x < s.ow; x += tile.columns)
      for (std::int64_t group = 0; group < weights.groups; ++group) {
        const SparseStep step{y, x, at_most(tile.rows, end - y), at_most(tile.columns, s.ow - x),
                              group};
        copy_window<Arch>(s, weights, step, src, window);
        sparse_step<Arch>(s, weights, step, window, bias, added, relu, dst);
      }
}

}  // namespace karnin::kernels
