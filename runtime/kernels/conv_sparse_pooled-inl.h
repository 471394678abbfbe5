// A sparse convolution without stride or padding, and a 2x2 max pool behind it, with images in the
// lanes. Each output channel walks its own taps, so that none is left over.
#pragma once

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/window-inl.h"

namespace karnin::kernels {

inline constexpr int kSparseColumns = 14;

/// acc[c] += the taps times what they read `step` floats a column further on.
template <typename Arch, int Columns>
[[gnu::always_inline]] inline void accumulate_taps(const SparseEntry* entry, const SparseEntry* end,
                                                   const float* src, std::int64_t step,
                                                   Vec<Arch> (&acc)[Columns]) noexcept {
  for (; entry != end; ++entry) {
    const Vec<Arch> weight(entry->weight);
    const float* x = src + entry->column;
#pragma GCC unroll 16
    for (int c = 0; c < Columns; ++c)
      acc[c] = fma<Arch>(weight, Vec<Arch>::load_unaligned(x + c * step), acc[c]);
  }
}

/// As pooled_tile in conv_lanes-inl.h.
template <typename Arch, int Pairs>
[[gnu::noinline]] void sparse_pooled_tile(const SparseEntry* entry, const SparseEntry* end,
                                          const float* src, std::int64_t src_row, float bias,
                                          bool relu, float* dst) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
#pragma GCC unroll 2
  for (int row = 0; row < 2; ++row, src += src_row) {
    Vec<Arch> acc[2 * Pairs];
#pragma GCC unroll 16
    for (int c = 0; c < 2 * Pairs; ++c) acc[c] = Vec<Arch>(bias);
    accumulate_taps<Arch>(entry, end, src, kW, acc);
#pragma GCC unroll 16
    for (int c = 0; c < Pairs; ++c) {
      Vec<Arch> top = xsimd::max(acc[2 * c], acc[2 * c + 1]);
      if (row == 1) {
        top = xsimd::max(Vec<Arch>::load_unaligned(dst + c * kW), top);
        if (relu) top = positive<Arch>(top);
      }
      top.store_unaligned(dst + c * kW);
    }
  }
}

template <typename Arch>
void conv_lanes_sparse_pooled(const ConvShape& s, const SparseRows& weights, const float* src,
                              const float* bias, bool relu, float* dst) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  const std::int64_t rows = s.oh / 2, columns = s.ow / 2;
  for (std::int64_t y = 0; y < rows; ++y)
    for (std::int64_t oc = 0; oc < s.oc; ++oc) {
      const SparseEntry* entry = weights.entries + weights.row_ptr[oc];
      const SparseEntry* end = weights.entries + weights.row_ptr[oc + 1];
      for_each_part(columns, kSparseColumns / 2, [&](std::int64_t x, std::int64_t pairs) {
        const float* window = src + 2 * (y * s.iw + x) * kW;
        float* out = dst + ((oc * rows + y) * columns + x) * kW;
        with_constant<Arch, kSparseColumns / 2>(pairs, [&](auto c) {
          sparse_pooled_tile<Arch, decltype(c)::value>(entry, end, window, s.iw * kW, bias[oc],
                                                       relu, out);
        });
      });
    }
}

}  // namespace karnin::kernels
