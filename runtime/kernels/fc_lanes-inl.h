// Dense fully connected layers with images in the lanes. An output is a window of one row of taps;
// two blocks share the weights that they load.
#pragma once

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/window-inl.h"

namespace karnin::kernels {

/// `Blocks` of them at once, `src_block` and `dst_block` floats apart.
template <typename Arch, int Channels, int Blocks>
[[gnu::noinline]] void fc_tile(const Window& w, const Outputs& outputs, std::int64_t src_block,
                               std::int64_t dst_block) noexcept {
  Vec<Arch> acc[Channels][Blocks];
  start<Arch>(outputs.bias, acc);
  accumulate<Arch>(w, src_block, acc);
  finish<Arch>(outputs, dst_block, acc);
}

/// All channels of a few blocks.
template <typename Arch, int Blocks>
void fc_blocks(std::int64_t channels, Window w, Outputs outputs, std::int64_t src_block,
               std::int64_t dst_block) noexcept {
  constexpr int kMost = LaneTile<Arch>::kTall / Blocks;
  for_each_part(channels, kMost, [&](std::int64_t /*first*/, std::int64_t count) {
    with_constant<Arch, kMost>(count, [&](auto n) {
      fc_tile<Arch, decltype(n)::value, Blocks>(w, outputs, src_block, dst_block);
    });
    w.weights += count * w.channel;
    outputs.dst += count * outputs.channel;
    if (outputs.bias != nullptr) outputs.bias += count;
  });
}

/// All blocks of `rows` images, from `taps` elements to `channels`.
template <typename Arch>
void fc_lanes(std::int64_t rows, std::int64_t taps, std::int64_t channels, Window w,
              Outputs outputs) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  const std::int64_t src_block = taps * kW, dst_block = channels * kW;
  w.columns = taps;
  outputs.channel = kW;
  for (; rows > kW; rows -= 2 * kW, w.src += 2 * src_block, outputs.dst += 2 * dst_block)
    fc_blocks<Arch, 2>(channels, w, outputs, src_block, dst_block);
  if (rows > 0) fc_blocks<Arch, 1>(channels, w, outputs, src_block, dst_block);
}

template <typename Arch>
void fc_lanes_forward(const FcShape& s, const float* src, const float* weights, const float* bias,
                      bool relu, float* dst) noexcept {
  fc_lanes<Arch>(s.rows, s.ic, s.oc, {.src = src, .weights = weights, .channel = s.ic, .column = 1},
                 {.bias = bias, .relu = relu, .dst = dst});
}

template <typename Arch>
void fc_lanes_backward_data(const FcShape& s, const float* diff_dst, const float* weights,
                            float* diff_src) noexcept {
  fc_lanes<Arch>(s.rows, s.oc, s.ic,
                 {.src = diff_dst, .weights = weights, .channel = 1, .column = s.ic},
                 {.dst = diff_src});
}

}  // namespace karnin::kernels
