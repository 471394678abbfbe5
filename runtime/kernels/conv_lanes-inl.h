// Convolution with images in the lanes, alone and with a max pool behind it.
#pragma once

#include "runtime/kernels/conv_pass-inl.h"
#include "runtime/kernels/kernels.h"

namespace karnin::kernels {

template <typename Arch>
void conv_lanes_forward(const ConvShape& s, const float* src, const float* weights,
                        const float* bias, bool relu, float* dst) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  const Window window{.planes = s.ic,
                      .src = src,
                      .src_plane = s.ih * s.iw * kW,
                      .src_row = s.iw * kW,
                      .weights = weights,
                      .channel = s.ic * s.kh * s.kw,
                      .plane = s.kh * s.kw};
  run_pass<Arch>({{s.ih, s.oh, s.kh, s.sh, s.ph, false},
                  {s.iw, s.ow, s.kw, s.sw, s.pw, false},
                  s.oc,
                  window,
                  {bias, relu, dst, s.oh * s.ow * kW}});
}

/// Two rows of sums, four in a square giving one output: the convolution's own output is never
/// stored. `src_row` leads from the window of the upper row to that of the lower one.
template <typename Arch, int Channels, int Pairs>
[[gnu::noinline]] void pooled_tile(Window w, const Outputs& outputs) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  float upper[Channels][Pairs][kW];
#pragma GCC unroll 2
  for (int row = 0; row < 2; ++row, w.src += w.src_row) {
    Vec<Arch> acc[Channels][2 * Pairs];
    start<Arch>(outputs.bias, acc);
    accumulate<Arch>(w, kW, acc);
#pragma GCC unroll 16
    for (int o = 0; o < Channels; ++o)
#pragma GCC unroll 16
      for (int c = 0; c < Pairs; ++c) {
        Vec<Arch> top = xsimd::max(acc[o][2 * c], acc[o][2 * c + 1]);
        if (row == 0) {
          top.store_unaligned(upper[o][c]);
          continue;
        }
        top = xsimd::max(Vec<Arch>::load_unaligned(upper[o][c]), top);
        (outputs.relu ? positive<Arch>(top) : top)
            .store_unaligned(outputs.dst + o * outputs.channel + c * kW);
      }
  }
}

/// The steps of a kernel without padding or stride, and a 2x2 pool.
template <typename Arch>
void conv_lanes_forward_pooled(const ConvShape& s, const float* src, const float* weights,
                               const float* bias, bool relu, float* dst) noexcept {
  using Tile = LaneTile<Arch>;
  constexpr std::int64_t kW = kWidth<Arch>;
  const std::int64_t taps = s.ic * s.kh * s.kw, rows = s.oh / 2, columns = s.ow / 2;
  const Window all{s.ic, s.kh,        s.kw, src, s.ih * s.iw * kW, s.iw * kW, weights,
                   taps, s.kh * s.kw, s.kw, 1};
  for (std::int64_t y = 0; y < rows; ++y)
    for_each_part(s.oc, Tile::kChannels, [&](std::int64_t channel, std::int64_t channels) {
      with_constant<Arch, Tile::kChannels>(channels, [&](auto n) {
        for_each_part(columns, Tile::kColumns / 2, [&](std::int64_t x, std::int64_t pairs) {
          Window w = all;
          w.src += 2 * (y * s.iw + x) * kW;
          w.weights += channel * taps;
          const Outputs outputs{bias + channel, relu,
                                dst + ((channel * rows + y) * columns + x) * kW,
                                rows * columns * kW};
          with_constant<Arch, Tile::kColumns / 2>(pairs, [&](auto c) {
            pooled_tile<Arch, decltype(n)::value, decltype(c)::value>(w, outputs);
          });
        });
      });
    });
}

}  // namespace karnin::kernels
