// Fully connected layers on the register tile. Forward, the weights go into the lanes, packed once
// for inference or on the way in training; both backward passes find theirs as they lie.
#pragma once

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/tile-inl.h"
#include "runtime/kernels/transpose-inl.h"

namespace karnin::kernels {

/// Outputs of a panel of packed weights.
template <typename Arch>
inline constexpr std::int64_t kPanel = kTileVectors * kWidth<Arch>;

/// body(first, count) for every panel of [0, n).
template <typename Arch, typename Body>
[[gnu::always_inline]] inline void for_each_panel(std::int64_t n, const Body& body) noexcept {
  for (std::int64_t first = 0; first < n; first += kPanel<Arch>)
    body(first, n - first < kPanel<Arch> ? n - first : kPanel<Arch>);
}

template <typename Arch>
std::size_t fc_packed_size(std::int64_t oc, std::int64_t ic) noexcept {
  return static_cast<std::size_t>(whole_lanes<Arch>(oc) * ic);
}

/// Panel after panel, each [ic][outputs of the panel, rounded up].
template <typename Arch>
void fc_pack(std::int64_t oc, std::int64_t ic, const float* weights, float* packed) noexcept {
  for_each_panel<Arch>(oc, [&](std::int64_t first, std::int64_t count) {
    to_lanes<Arch>(count, ic, weights + first * ic, ic, packed + first * ic,
                   whole_lanes<Arch>(count));
  });
}

template <typename Arch>
void fc_forward_packed(const FcShape& shape, const float* src, const float* packed,
                       const float* bias, bool relu, float* dst) noexcept {
  const auto [rows, ic, oc] = shape;
  const Product p{rows, oc, ic, src, ic, 1, packed, 0, bias, 0, dst, oc, relu};
  for_each_panel<Arch>(oc, [&](std::int64_t first, std::int64_t count) {
    for_each_slice(columns_of(p, first, count), [&](Product slice, std::int64_t k) {
      slice.b_step = whole_lanes<Arch>(count);
      slice.b = packed + first * p.k + k * slice.b_step;
      tile_column<Arch>(slice);
    });
  });
}

/// Weights change every training step, so a panel is packed just before it is used, a slice at a
/// time, and never leaves the first-level cache.
template <typename Arch>
void fc_forward(const FcShape& shape, const float* src, const float* weights, const float* bias,
                bool relu, float* dst) noexcept {
  alignas(64) float panel[kDepth * kPanel<Arch>];
  const auto [rows, ic, oc] = shape;
  const Product p{rows, oc, ic, src, ic, 1, panel, 0, bias, 0, dst, oc, relu};
  for_each_panel<Arch>(oc, [&](std::int64_t first, std::int64_t count) {
    for_each_slice(columns_of(p, first, count), [&](Product slice, std::int64_t k) {
      slice.b = panel;
      slice.b_step = whole_lanes<Arch>(count);
      to_lanes<Arch>(count, slice.k, weights + first * p.k + k, p.k, panel, slice.b_step);
      tile_column<Arch>(slice);
    });
  });
}

template <typename Arch>
void fc_backward_data(const FcShape& shape, const float* diff_dst, const float* weights,
                      float* diff_src) noexcept {
  const auto [rows, ic, oc] = shape;
  const Product p{rows, ic, oc, diff_dst, oc, 1, weights, ic, nullptr, 0, diff_src, ic, false};
  for_each_panel<Arch>(ic, [&](std::int64_t first, std::int64_t count) {
    for_each_slice(columns_of(p, first, count),
                   [](const Product& slice, std::int64_t) { tile_column<Arch>(slice); });
  });
}

template <typename Arch>
void fc_backward_weights(const FcShape& shape, const float* src, const float* diff_dst,
                         float* diff_weights, float* diff_bias) noexcept {
  const auto [rows, ic, oc] = shape;
  const Product p{oc, ic, rows, diff_dst, 1, oc, src, ic, nullptr, 0, diff_weights, ic, false};
  for_each_panel<Arch>(ic, [&](std::int64_t first, std::int64_t count) {
    for_each_slice(columns_of(p, first, count),
                   [](const Product& slice, std::int64_t) { tile_column<Arch>(slice); });
  });
  for_each_vector<Arch>(oc, [&](std::int64_t o, auto lanes) {
    Vec<Arch> sum(0.0F);
    for (std::int64_t r = 0; r < shape.rows; ++r) sum += lanes.load(diff_dst + r * shape.oc + o);
    lanes.store(diff_bias + o, sum);
  });
}

}  // namespace karnin::kernels
