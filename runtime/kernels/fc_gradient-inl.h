// The weight gradient of a pruned fully connected layer, with images in the lanes: a kept weight
// costs two loads and an FMA a block, and the sums over the lanes are taken a vector at a time.
#pragma once

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/lane_sums-inl.h"

namespace karnin::kernels {

/// The gradients of the weights of one output from as many inputs as a vector has lanes. diff_dst
/// is that output's vector in the first block, src the first block; lane i of the result belongs to
/// columns[i].
template <typename Arch>
[[gnu::always_inline]] inline Vec<Arch> row_gradients(const FcShape& s, const float* src,
                                                      const float* diff_dst,
                                                      const std::uint32_t* columns) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  Vec<Arch> sums[kWidth<Arch>];
#pragma GCC unroll 16
  for (auto& sum : sums) sum = Vec<Arch>(0.0F);
  for (std::int64_t rows = s.rows; rows > 0; rows -= kW) {
    const Vec<Arch> diff = Vec<Arch>::load_unaligned(diff_dst);
#pragma GCC unroll 16
    for (std::int64_t i = 0; i < kW; ++i)
      sums[i] = fma<Arch>(diff, Vec<Arch>::load_unaligned(src + columns[i] * kW), sums[i]);
    src += s.ic * kW;
    diff_dst += s.oc * kW;
  }
  return lane_sums<Arch>(sums);
}

/// The sum of one output's vectors, and of their lanes in order.
template <typename Arch>
[[gnu::always_inline]] inline float bias_gradient(const FcShape& s,
                                                  const float* diff_dst) noexcept {
  Vec<Arch> sums(0.0F);
  for (std::int64_t rows = s.rows; rows > 0; rows -= kWidth<Arch>) {
    sums += Vec<Arch>::load_unaligned(diff_dst);
    diff_dst += s.oc * kWidth<Arch>;
  }
  float lanes[kWidth<Arch>], sum = 0;
  sums.store_unaligned(lanes);
  for (const float lane : lanes) sum += lane;
  return sum;
}

template <typename Arch>
void fc_lanes_backward_kept(const FcShape& s, const SparsePattern& kept, const float* src,
                            const float* diff_dst, float* diff_weights, float* diff_bias) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  for (std::int64_t row = 0; row < s.oc; ++row, diff_weights += s.ic) {
    const float* diff = diff_dst + row * kW;
    diff_bias[row] = bias_gradient<Arch>(s, diff);
    const std::uint32_t* const end = kept.col_idx + kept.row_ptr[row + 1];
    for (const std::uint32_t* first = kept.col_idx + kept.row_ptr[row]; first < end; first += kW) {
      const std::int64_t count = end - first < kW ? end - first : kW;
      std::uint32_t filled[kWidth<Arch>];
      const std::uint32_t* columns = first;
      if (count < kW) {
        for (std::int64_t k = 0; k < kW; ++k) filled[k] = first[k < count ? k : 0];
        columns = filled;
      }
      float sums[kWidth<Arch>];
      row_gradients<Arch>(s, src, diff, columns).store_unaligned(sums);
      for (std::int64_t k = 0; k < count; ++k) diff_weights[columns[k]] = sums[k];
    }
  }
}

}  // namespace karnin::kernels
