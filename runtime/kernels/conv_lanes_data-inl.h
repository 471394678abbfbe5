// The data gradient of a convolution with images in the lanes.
#pragma once

#include "runtime/kernels/conv_pass-inl.h"
#include "runtime/kernels/kernels.h"

namespace karnin::kernels {

/// Which of the pixels of a tile lie inside the image, and up to which one an earlier tile was
/// there before.
struct Pixels {
  std::int64_t first, end, begun;
};

/// Part of one row of the data gradient, of one channel: the gradients of `Columns` outputs, each
/// sent to the `Taps` pixels that it was computed from. Nothing outside is ever multiplied, which a
/// wide kernel over a small image makes a third of the work.
template <typename Arch, int Columns, int Taps>
[[gnu::noinline]] void scatter_tile(const Window& w, Outputs outputs, Pixels pixels) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  constexpr int kPixels = Columns + Taps - 1;
  Vec<Arch> acc[kPixels];
#pragma GCC unroll 16
  for (int i = 0; i < kPixels; ++i)
    acc[i] = i >= pixels.first && i < pixels.begun ? Vec<Arch>::load_unaligned(outputs.dst + i * kW)
                                                   : Vec<Arch>(0.0F);
  for (std::int64_t p = 0; p < w.planes; ++p)
    for (std::int64_t r = 0; r < w.rows; ++r) {
      const float* diff = w.src + p * w.src_plane + r * w.src_row;
      const float* weight = w.weights + p * w.plane + r * w.row;
      Vec<Arch> weights[Taps];
#pragma GCC unroll 16
      for (int k = 0; k < Taps; ++k) weights[k] = Vec<Arch>(weight[k]);
#pragma GCC unroll 16
      for (int c = 0; c < Columns; ++c) {
        const Vec<Arch> sent = in_register<Arch>(Vec<Arch>::load_unaligned(diff + c * kW));
#pragma GCC unroll 16
        for (int k = 0; k < Taps; ++k) acc[c + k] = fma<Arch>(weights[k], sent, acc[c + k]);
      }
    }
#pragma GCC unroll 16
  for (int i = 0; i < kPixels; ++i)
    if (i >= pixels.first && i < pixels.end) acc[i].store_unaligned(outputs.dst + i * kW);
}

template <typename Arch, int Taps>
void scatter_rows(const ConvPass& pass) noexcept {
  // As many sums as leave registers for the weights of a row and what is sent.
  constexpr int kColumns = kIsAvx512<Arch> ? 17 - Taps : 16 - 2 * Taps;
  const Axis& x = pass.x;
  for (std::int64_t y = 0; y < pass.y.dst; ++y)
    for (std::int64_t channel = 0; channel < pass.channels; ++channel)
      for_each_full_part(x.src, kColumns, [&](std::int64_t first, std::int64_t columns) {
        const std::int64_t pixel = first - x.pad;  // of the first tap
        const Window w = window_of<Arch>(pass, channel, pass.y.taps(y), {0, 0, first});
        const Outputs outputs = outputs_of<Arch>(pass, channel, y, pixel);
        const std::int64_t end = x.dst - pixel, shared = first > 0 ? Taps - 1 : 0;
        const Pixels pixels{pixel < 0 ? -pixel : 0, end, shared < end ? shared : end};
        with_constant<Arch, kColumns>(columns, [&](auto c) {
          scatter_tile<Arch, decltype(c)::value, Taps>(w, outputs, pixels);
        });
      });
}

template <typename Arch>
void conv_lanes_backward_data(const ConvShape& s, const float* diff_dst, const float* weights,
                              float* diff_src) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  const Window window{.planes = s.oc,
                      .src = diff_dst,
                      .src_plane = s.oh * s.ow * kW,
                      .src_row = s.ow * kW,
                      .weights = weights,
                      .channel = s.kh * s.kw,
                      .plane = s.ic * s.kh * s.kw};
  const ConvPass pass{{s.oh, s.ih, s.kh, s.sh, s.ph, true},
                      {s.ow, s.iw, s.kw, s.sw, s.pw, true},
                      s.ic,
                      window,
                      {nullptr, false, diff_src, s.ih * s.iw * kW}};
  if (s.sw == 1 && s.kw == 5)
    scatter_rows<Arch, 5>(pass);
  else if (s.sw == 1 && s.kw == 3)
    scatter_rows<Arch, 3>(pass);
  else
    run_pass<Arch>(pass);
}

}  // namespace karnin::kernels
