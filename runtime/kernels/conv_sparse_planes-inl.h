// Convolution of one plain image over the kept weights alone, of any stride and padding: positions
// fill the vectors. Each column of the kernel has its own copy of what a tile reads through it,
// rows one below the other without a border, so that a tap is one offset for all positions of the
// tile.
#pragma once

#include "runtime/kernels/conv_sparse-inl.h"
#include "runtime/kernels/copy_windows-inl.h"

namespace karnin::kernels {

/// By plane, column of the kernel and phase of the rows: what all rows of the tile read.
template <typename Arch>
void copy_planes(const ConvShape& s, const SparseTiles& weights, const SparseStep& step,
                 const float* src, float* window) noexcept {
  const SparseTile& tile = weights.tile;
  const std::int64_t begin = step.group * tile.planes, columns = tile.columns;
  const std::int64_t end = at_most(begin + tile.planes, weights.used);
  const std::int64_t copy_size = tile.window_rows * columns;
  for (std::int64_t kx = 0; kx < s.kw; ++kx) {
    const std::int64_t x = step.x * s.sw - s.pw + kx * s.dw;
    const Inside inside = inside_of(x, s.sw, s.iw, columns);
    for (std::int64_t phase = 0; phase < s.sh; ++phase) {
      const std::int64_t y = step.y * s.sh - s.ph + phase;
      const Inside rows = inside_of(y, s.sh, s.ih, tile.window_rows);
      copy_windows<Arch>({s.sh * s.iw, s.sw, inside, rows, columns, tile.window_rows},
                         {src + (y + rows.begin * s.sh) * s.iw + x + inside.begin * s.sw,
                          s.ih * s.iw, weights.planes + begin, weights.planes + end,
                          window + (kx * s.sh + phase) * copy_size, s.kw * s.sh * copy_size});
    }
  }
}

/// The sums of one channel: `Vectors` of positions, the last of them `last`.
template <typename Arch, int Vectors, typename Last>
[[gnu::always_inline]] inline void plane_tile(const SparseEntry* entry, const SparseEntry* end,
                                              const float* window, const SparseStart& start,
                                              bool relu, const Last& last, float* dst) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  constexpr int kLast = Vectors - 1;
  Vec<Arch> acc[Vectors];
#pragma GCC unroll 32
  for (int v = 0; v < Vectors; ++v) {
    acc[v] = Vec<Arch>(start.value);
    if (start.from != nullptr)
      acc[v] = acc[v] + (v < kLast ? Vec<Arch>::load_unaligned(start.from + v * kW)
                                   : last.load(start.from + v * kW));
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
  const SparseRun* end = weights.runs + weights.first_run[step.group + 1];
  const std::int64_t positions = step.rows * step.columns, rest = positions % kWidth<Arch>;
  const auto add_up = [&](const auto& last) {
    for (const SparseRun* run = weights.runs + weights.first_run[step.group]; run < end; ++run) {
      const std::int64_t at = (run->oc * s.oh + step.y) * s.ow + step.x;
      const SparseStart start(*run, bias, added == nullptr ? nullptr : added + at, dst + at);
      plane_tile<Arch, Vectors>(weights.entries + run->first_entry,
                                weights.entries + run[1].first_entry, window, start,
                                relu && run->ends, last, dst + at);
    }
  };
  if (rest == 0)
    add_up(Whole<Arch>{});
  else
    add_up(Partial<Arch>(rest));
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
