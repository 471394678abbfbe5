// What a training step does to every weight, once each: bound by memory, so every pass is one read
// and one write of its arrays. Products and sums are rounded separately, as in the equations, and
// so give the same bits on every instruction set.
#pragma once

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/lanes-inl.h"

namespace karnin::kernels {

/// Vectors that tree_sum carries through the tree at once: whole cache lines of every part.
inline constexpr int kTreeVectors = 4;

/// The largest power of two below n; n >= 2.
template <typename Arch>
std::int64_t tree_split(std::int64_t n) noexcept {
  return std::int64_t{1} << (63 - __builtin_clzll(static_cast<unsigned long long>(n - 1)));
}

/// sum[v] = vector v from `offset` on, summed over the parts.
template <typename Arch, int Vectors, typename Lanes>
void tree_sum_at(std::int64_t parts, const float* const* src, std::int64_t offset, Lanes lanes,
                 Vec<Arch>* sum) noexcept {
  if (parts == 1) {
    for (int v = 0; v < Vectors; ++v) sum[v] = lanes.load(src[0] + offset + v * kWidth<Arch>);
    return;
  }
  const std::int64_t left = tree_split<Arch>(parts);
  Vec<Arch> right[Vectors];
  tree_sum_at<Arch, Vectors>(left, src, offset, lanes, sum);
  tree_sum_at<Arch, Vectors>(parts - left, src + left, offset, lanes, right);
  for (int v = 0; v < Vectors; ++v) sum[v] += right[v];
}

template <typename Arch>
void tree_sum(std::int64_t count, std::int64_t parts, const float* const* src,
              float* dst) noexcept {
  constexpr std::int64_t kBlock = kTreeVectors * kWidth<Arch>;
  std::int64_t i = 0;
  for (; i + kBlock <= count; i += kBlock) {
    Vec<Arch> sum[kTreeVectors];
    tree_sum_at<Arch, kTreeVectors>(parts, src, i, Whole<Arch>{}, sum);
    for (int v = 0; v < kTreeVectors; ++v) sum[v].store_unaligned(dst + i + v * kWidth<Arch>);
  }
  for_each_vector<Arch>(count - i, [&](std::int64_t j, auto lanes) {
    Vec<Arch> sum;
    tree_sum_at<Arch, 1>(parts, src, i + j, lanes, &sum);
    lanes.store(dst + i + j, sum);
  });
}

/// The equations of train/loop/optimizer.h.
template <typename Arch, bool Masked>
void sgd_range(std::int64_t count, const SgdStep& step, const float* gradient, const float* mask,
               float* weights, float* velocity, float* delta) noexcept {
  const Vec<Arch> rate(step.learning_rate), momentum(step.momentum), decay(step.weight_decay);
  const Vec<Arch> zero(0.0F);
  const bool nesterov = step.nesterov;
  for_each_vector<Arch>(count, [&](std::int64_t i, auto lanes) {
    const Vec<Arch> before = lanes.load(weights + i);
    const Vec<Arch> g = lanes.load(gradient + i) + decay * before;
    Vec<Arch> v = momentum * lanes.load(velocity + i) + g;
    Vec<Arch> after = before - rate * (nesterov ? g + momentum * v : v);
    Vec<Arch> change = after - before;
    if constexpr (Masked) {
      const auto pruned = lanes.load(mask + i) == zero;
      v = xsimd::select(pruned, zero, v);
      after = xsimd::select(pruned, zero, after);
      change = xsimd::select(pruned, zero, change);
    }
    lanes.store(velocity + i, v);
    lanes.store(weights + i, after);
    lanes.store(delta + i, change);
  });
}

template <typename Arch>
void sgd_update(std::int64_t count, const SgdStep& step, const float* gradient, const float* mask,
                float* weights, float* velocity, float* delta) noexcept {
  if (mask == nullptr)
    sgd_range<Arch, false>(count, step, gradient, mask, weights, velocity, delta);
  else
    sgd_range<Arch, true>(count, step, gradient, mask, weights, velocity, delta);
}

template <typename Arch>
void apply_mask(std::int64_t count, const float* mask, float* x) noexcept {
  const Vec<Arch> zero(0.0F);
  for_each_vector<Arch>(count, [&](std::int64_t i, auto lanes) {
    lanes.store(x + i, xsimd::select(lanes.load(mask + i) == zero, zero, lanes.load(x + i)));
  });
}

template <typename Arch>
void accumulate_sensitivity(std::int64_t count, const float* gradient, const float* delta,
                            float inverse_rate, float* sum_g_dw, float* sum_dw2,
                            float* sum_g) noexcept {
  const Vec<Arch> inverse(inverse_rate);
  for_each_vector<Arch>(count, [&](std::int64_t i, auto lanes) {
    const Vec<Arch> g = lanes.load(gradient + i);
    const Vec<Arch> dw = lanes.load(delta + i);
    lanes.store(sum_g_dw + i, lanes.load(sum_g_dw + i) + g * dw);
    lanes.store(sum_dw2 + i, lanes.load(sum_dw2 + i) + dw * dw * inverse);
    lanes.store(sum_g + i, lanes.load(sum_g + i) + g);
  });
}

}  // namespace karnin::kernels
