// The weight gradient of a convolution with images in the lanes. Every lane sums up its own images;
// the lanes are added when the last block has passed.
#pragma once

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/transpose-inl.h"
#include "runtime/kernels/window-inl.h"

namespace karnin::kernels {

/// Sums of products over a part of one output plane, for a few output channels and a few
/// neighbouring taps of a kernel row. Distances in floats.
struct GradientTile {
  std::int64_t rows, columns;  ///< of the part
  const float* diff;           ///< of the first channel, at the first output
  std::int64_t diff_channel, diff_row;
  const float* src;  ///< what the first tap read for the first output
  std::int64_t src_row, src_column;
  float* sums;  ///< of the first channel and tap; taps are one vector apart
  std::int64_t sums_channel;
};

/// Taps of a tile, and the most channels that leave registers for the operands.
inline constexpr int kGradientTaps = 5;
template <typename Arch, int Taps>
inline constexpr int kGradientChannels =
    (kIsAvx512<Arch> ? 24 : 12) / Taps < 4 ? (kIsAvx512<Arch> ? 24 : 12) / Taps : 4;

template <typename Arch, int Channels, int Taps>
[[gnu::noinline]] void gradient_tile(const GradientTile& t) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  Vec<Arch> acc[Channels][Taps];
#pragma GCC unroll 16
  for (int o = 0; o < Channels; ++o)
#pragma GCC unroll 16
    for (int k = 0; k < Taps; ++k)
      acc[o][k] = Vec<Arch>::load_unaligned(t.sums + o * t.sums_channel + k * kW);

  const std::int64_t diff_channel = t.diff_channel, src_column = t.src_column;
  for (std::int64_t y = 0; y < t.rows; ++y) {
    const float* diff = t.diff + y * t.diff_row;
    const float* src = t.src + y * t.src_row;
    for (std::int64_t x = 0; x < t.columns; ++x, diff += kW, src += src_column) {
      Vec<Arch> d[Channels];
#pragma GCC unroll 16
      for (int o = 0; o < Channels; ++o) d[o] = Vec<Arch>::load_unaligned(diff + o * diff_channel);
#pragma GCC unroll 16
      for (int k = 0; k < Taps; ++k) {
        const Vec<Arch> read = in_register<Arch>(Vec<Arch>::load_unaligned(src + k * kW));
#pragma GCC unroll 16
        for (int o = 0; o < Channels; ++o) acc[o][k] = fma<Arch>(d[o], read, acc[o][k]);
      }
    }
  }

#pragma GCC unroll 16
  for (int o = 0; o < Channels; ++o)
#pragma GCC unroll 16
    for (int k = 0; k < Taps; ++k) acc[o][k].store_unaligned(t.sums + o * t.sums_channel + k * kW);
}

/// Outputs [first, end) of one direction.
struct Span {
  std::int64_t first, end;
};

/// Those of `whole` for which kernel position k reads inside src.
[[gnu::always_inline]] inline Span reading(std::int64_t src, std::int64_t stride, std::int64_t pad,
                                           std::int64_t k, Span whole) noexcept {
  const std::int64_t first = k >= pad ? 0 : (pad - k + stride - 1) / stride;
  const std::int64_t end = src + pad > k ? (src - 1 + pad - k) / stride + 1 : 0;
  return {first > whole.first ? first : whole.first, end < whole.end ? end : whole.end};
}

struct ConvGradient {
  const ConvShape& s;
  const float* src;
  const float* diff;
  float* sums;
};

/// The tile of channels [oc, oc + Channels), input channel ic and taps (ky, [kx, kx + Taps)), over
/// the outputs ys x xs.
template <typename Arch, int Channels, int Taps>
[[gnu::always_inline]] inline void gradient_part(const ConvGradient& g, std::int64_t oc,
                                                 std::int64_t ic, std::int64_t ky, std::int64_t kx,
                                                 Span ys, Span xs) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  const ConvShape& s = g.s;
  if (ys.first >= ys.end || xs.first >= xs.end) return;
  const std::int64_t src_y = ys.first * s.sh - s.ph + ky, src_x = xs.first * s.sw - s.pw + kx;
  gradient_tile<Arch, Channels, Taps>(
      {.rows = ys.end - ys.first,
       .columns = xs.end - xs.first,
       .diff = g.diff + ((oc * s.oh + ys.first) * s.ow + xs.first) * kW,
       .diff_channel = s.oh * s.ow * kW,
       .diff_row = s.ow * kW,
       .src = g.src + ((ic * s.ih + src_y) * s.iw + src_x) * kW,
       .src_row = s.sh * s.iw * kW,
       .src_column = s.sw * kW,
       .sums = g.sums + (((oc * s.ic + ic) * s.kh + ky) * s.kw + kx) * kW,
       .sums_channel = s.ic * s.kh * s.kw * kW});
}

/// The same over whole rows: where all taps read inside src together, elsewhere each by itself.
template <typename Arch, int Channels, int Taps>
[[gnu::always_inline]] inline void gradient_rows(const ConvGradient& g, std::int64_t oc,
                                                 std::int64_t ic, std::int64_t ky, std::int64_t kx,
                                                 Span ys) noexcept {
  const ConvShape& s = g.s;
  const bool all_inside = s.pw == 0 && (s.ow - 1) * s.sw + s.kw <= s.iw;
  if (all_inside) {
    gradient_part<Arch, Channels, Taps>(g, oc, ic, ky, kx, ys, {0, s.ow});
    return;
  }
  const auto columns = [&](std::int64_t k) __attribute__((always_inline)) {
    return reading(s.iw, s.sw, s.pw, k, {0, s.ow});
  };
  Span common{columns(kx).first, columns(kx + Taps - 1).end};
  if (common.end < common.first) common.end = common.first;
  gradient_part<Arch, Channels, Taps>(g, oc, ic, ky, kx, ys, common);
  for (std::int64_t k = kx; k < kx + Taps; ++k) {
    const Span own = columns(k);
    const std::int64_t left = own.end < common.first ? own.end : common.first;
    const std::int64_t right = own.first > common.end ? own.first : common.end;
    gradient_part<Arch, Channels, 1>(g, oc, ic, ky, k, ys, {own.first, left});
    gradient_part<Arch, Channels, 1>(g, oc, ic, ky, k, ys, {right, own.end});
  }
}

/// All channels and taps of the kernel columns [kx, kx + Taps), over the rows ys.
template <typename Arch, int Taps>
void gradient_taps(const ConvGradient& g, std::int64_t kx, Span ys) noexcept {
  constexpr int kMost = kGradientChannels<Arch, Taps>;
  const ConvShape& s = g.s;
  for_each_part(s.oc, kMost, [&](std::int64_t oc, std::int64_t channels) {
    with_constant<Arch, kMost>(channels, [&](auto n) {
      for (std::int64_t ic = 0; ic < s.ic; ++ic)
        for (std::int64_t ky = 0; ky < s.kh; ++ky)
          gradient_rows<Arch, decltype(n)::value, Taps>(g, oc, ic, ky, kx,
                                                        reading(s.ih, s.sh, s.ph, ky, ys));
    });
  });
}

template <typename Arch>
void gradient_bias(const ConvGradient& g, Span ys) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  const ConvShape& s = g.s;
  for (std::int64_t oc = 0; oc < s.oc; ++oc) {
    const float* diff = g.diff + oc * s.oh * s.ow * kW;
    float* sum = g.sums + (s.oc * s.ic * s.kh * s.kw + oc) * kW;
    Vec<Arch> total = Vec<Arch>::load_unaligned(sum);
    for (std::int64_t i = ys.first * s.ow; i < ys.end * s.ow; ++i)
      total += Vec<Arch>::load_unaligned(diff + i * kW);
    total.store_unaligned(sum);
  }
}

/// Rows of dst, a band at a time: those of src and of a few channels of diff_dst that a band needs
/// stay in the first-level cache while all taps pass over them.
template <typename Arch>
void conv_lanes_backward_weights(const ConvShape& s, const float* src, const float* diff_dst,
                                 float* sums) noexcept {
  constexpr std::int64_t kBand = 4096;  // floats
  const std::int64_t row = (2 * s.ow + s.sh * s.iw) * kWidth<Arch>;
  const std::int64_t rows = row < kBand ? kBand / row : 1;
  const ConvGradient g{s, src, diff_dst, sums};
  for (std::int64_t y = 0; y < s.oh; y += rows) {
    const Span ys{y, y + rows < s.oh ? y + rows : s.oh};
    gradient_bias<Arch>(g, ys);
    for_each_part(s.kw, kGradientTaps, [&](std::int64_t kx, std::int64_t taps) {
      with_constant<Arch, kGradientTaps>(
          taps, [&](auto n) { gradient_taps<Arch, decltype(n)::value>(g, kx, ys); });
    });
  }
}

template <typename Arch>
void sum_lanes(std::int64_t count, const float* src, float* dst) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  for_each_vector<Arch>(count, [&](std::int64_t i, auto lanes) {
    float turned[kW * kW];  // [lane][element]
    from_lanes<Arch>(kW, count - i < kW ? count - i : kW, src + i * kW, kW, turned, kW);
    Vec<Arch> sum = lanes.load(turned);
    for (std::int64_t lane = 1; lane < kW; ++lane) sum += lanes.load(turned + lane * kW);
    lanes.store(dst + i, sum);
  });
}

}  // namespace karnin::kernels
