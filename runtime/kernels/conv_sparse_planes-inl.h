// Convolution of one plain image over the kept weights alone, of any stride and padding: positions
// fill the vectors. Each column of the kernel has its own copy of what a tile reads through it,
// rows one below the other without a border, so that a tap is one offset for all positions of the
// tile.
#pragma once

#include "runtime/kernels/conv_sparse-inl.h"

namespace karnin::kernels {

/// Rows are too short for a call of memcpy. The last vector overlaps the one before it.
template <typename Arch>
[[gnu::always_inline]] inline void copy_short(std::int64_t count, const float* src,
                                              float* dst) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  if (count < kW) {
    if (count > 0) Partial<Arch>(count).store(dst, Partial<Arch>(count).load(src));
    return;
  }
  for (std::int64_t i = 0; i + kW < count; i += kW)
    Vec<Arch>::load_unaligned(src + i).store_unaligned(dst + i);
  Vec<Arch>::load_unaligned(src + count - kW).store_unaligned(dst + count - kW);
}

/// What outputs [x, x + columns) read of a row through column kx of the kernel; 0 outside it.
template <typename Arch>
[[gnu::always_inline]] inline void copy_plane_row(const ConvShape& s, const float* row,
                                                  std::int64_t x, std::int64_t kx,
                                                  std::int64_t columns, float* copy) noexcept {
  const std::int64_t first = x * s.sw - s.pw + kx;  // column of src
  const std::int64_t begin = at_most(first < 0 ? (s.sw - 1 - first) / s.sw : 0, columns);
  const std::int64_t inside = first < s.iw ? (s.iw - 1 - first) / s.sw + 1 : 0;
  const std::int64_t end = row == nullptr || inside < begin ? begin : at_most(inside, columns);
  for (std::int64_t c = 0; c < begin; ++c) copy[c] = 0;
  if (s.sw == 1)
    copy_short<Arch>(end - begin, row + first + begin, copy + begin);
  else
    for (std::int64_t c = begin; c < end; ++c) copy[c] = row[first + c * s.sw];
  for (std::int64_t c = end; c < columns; ++c) copy[c] = 0;
}

template <typename Arch>
void copy_planes(const ConvShape& s, const SparseTiles& weights, const SparseStep& step,
                 const float* src, float* window) noexcept {
  const SparseTile& tile = weights.tile;
  const std::int64_t first = step.group * tile.planes;
  for (std::int64_t p = first; p < at_most(first + tile.planes, weights.used); ++p) {
    const float* plane = src + weights.planes[p] * s.ih * s.iw;
    for (std::int64_t kx = 0; kx < s.kw; ++kx)
      for (std::int64_t phase = 0; phase < s.sh; ++phase)
        for (std::int64_t r = 0; r < tile.window_rows; ++r, window += tile.columns) {
          const std::int64_t y = (step.y + r) * s.sh - s.ph + phase;
          const bool inside = y >= 0 && y < s.ih;
          copy_plane_row<Arch>(s, inside ? plane + y * s.iw : nullptr, step.x, kx, step.columns,
                               window);
        }
  }
}

/// Where the sums of one channel's tile begin.
struct SparseStart {
  const float* bias;  ///< null: they go on from dst
  const float* added;
};

/// The sums of one channel: `Vectors` of positions, the last of them `last`.
template <typename Arch, int Vectors, typename Last>
[[gnu::always_inline]] inline void plane_tile(const SparseEntry* entry, const SparseEntry* end,
                                              const float* window, const SparseStart& start,
                                              bool relu, const Last& last, float* dst) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  constexpr int kLast = Vectors - 1;
  Vec<Arch> acc[Vectors];
  const float* from = start.bias == nullptr ? dst : start.added;
#pragma GCC unroll 32
  for (int v = 0; v < Vectors; ++v) {
    acc[v] = Vec<Arch>(start.bias == nullptr ? 0.0F : *start.bias);
    if (from != nullptr)
      acc[v] = acc[v] +
               (v < kLast ? Vec<Arch>::load_unaligned(from + v * kW) : last.load(from + v * kW));
  }
  for (; entry != end; ++entry) {
    const Vec<Arch> weight(entry->weight);
    const float* x = window + entry->column;
#pragma GCC unroll 32
    for (int v = 0; v < Vectors; ++v)
      acc[v] = fma<Arch>(weight, Vec<Arch>::load_unaligned(x + v * kW), acc[v]);
  }
#pragma GCC unroll 32
  for (int v = 0; v < Vectors; ++v) {
    const Vec<Arch> sum = relu ? positive<Arch>(acc[v]) : acc[v];
    if (v < kLast)
      sum.store_unaligned(dst + v * kW);
    else
      last.store(dst + v * kW, sum);
  }
}

template <typename Arch, int Vectors>
[[gnu::noinline]] void plane_channels(const ConvShape& s, const SparseTiles& weights,
                                      const SparseStep& step, const float* window,
                                      const float* bias, const float* added, bool relu,
                                      float* dst) noexcept {
  const std::uint32_t* row = weights.row_ptr + step.group * s.oc;
  const bool first = step.group == 0, ends = step.group + 1 == weights.groups;
  const std::int64_t positions = step.rows * step.columns, rest = positions % kWidth<Arch>;
  const auto run = [&](const auto& last) {
    for (std::int64_t oc = 0; oc < s.oc; ++oc) {
      const std::int64_t at = (oc * s.oh + step.y) * s.ow + step.x;
      const SparseStart start{first ? bias + oc : nullptr, added == nullptr ? nullptr : added + at};
      plane_tile<Arch, Vectors>(weights.entries + row[oc], weights.entries + row[oc + 1], window,
                                start, relu && ends, last, dst + at);
    }
  };
  if (rest == 0)
    run(Whole<Arch>{});
  else
    run(Partial<Arch>(rest));
}

template <typename Arch>
void conv_planes_sparse(const ConvShape& s, const SparseTiles& weights, std::int64_t first,
                        std::int64_t end, const float* src, const float* bias, const float* added,
                        bool relu, float* dst) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  constexpr int kMost = static_cast<int>(sparse_plane_vectors(kW));
  // The last vector of a tile's last plane reads beyond its window.
  alignas(64) float window[kTileWindowFloats + kW];
  const SparseTile& tile = weights.tile;
  for (std::int64_t y = first; y < end; y += tile.rows)
    for (std::int64_t x = 0; x < s.ow; x += tile.columns)
      for (std::int64_t group = 0; group < weights.groups; ++group) {
        const SparseStep step{y, x, at_most(tile.rows, end - y), at_most(tile.columns, s.ow - x),
                              group};
        copy_planes<Arch>(s, weights, step, src, window);
        with_constant<Arch, kMost>((step.rows * step.columns + kW - 1) / kW, [&](auto vectors) {
          plane_channels<Arch, decltype(vectors)::value>(s, weights, step, window, bias, added,
                                                         relu, dst);
        });
      }
}

}  // namespace karnin::kernels
