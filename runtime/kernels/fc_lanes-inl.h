// Fully connected layers with images in the lanes, and the way into and out of them. An output is a
// window of one row of taps; two blocks share the weights that they load.
#pragma once

#include "runtime/kernels/fc_sparse-inl.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/transpose-inl.h"
#include "runtime/kernels/window-inl.h"

namespace karnin::kernels {

template <typename Arch>
void rows_to_blocks(std::int64_t images, std::int64_t floats, const float* rows,
                    float* blocks) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  for (; images > 0; images -= kW, rows += kW * floats, blocks += kW * floats) {
    const std::int64_t count = images < kW ? images : kW;
    to_lanes<Arch>(count, floats, rows, floats, blocks, kW);
    for (std::int64_t i = 0; count < kW && i < floats; ++i)
      for (std::int64_t lane = count; lane < kW; ++lane) blocks[i * kW + lane] = 0.0F;
  }
}

template <typename Arch>
void blocks_to_rows(std::int64_t images, std::int64_t floats, const float* blocks,
                    float* rows) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  for (; images > 0; images -= kW, rows += kW * floats, blocks += kW * floats)
    from_lanes<Arch>(images < kW ? images : kW, floats, blocks, kW, rows, floats);
}

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

template <typename Arch>
void fc_lanes_sparse(const FcShape& s, const SparseView& weights, const float* src,
                     const float* bias, bool relu, float* dst) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  const std::int64_t src_block = s.ic * kW, dst_block = s.oc * kW;
  std::int64_t rows = s.rows;
  for (; rows > kW; rows -= 2 * kW, src += 2 * src_block, dst += 2 * dst_block)
    sparse_groups<Arch, 2, kW>(weights, src, src_block, bias, relu, dst, dst_block);
  if (rows > 0) sparse_groups<Arch, 1, kW>(weights, src, src_block, bias, relu, dst, dst_block);
}

}  // namespace karnin::kernels
