// The sums over the lanes of as many vectors as a vector has lanes, side by side in one. xsimd has
// a haddp for this, which in version 8 returns the rows of an AVX-512 vector in another order.
#pragma once

#include <immintrin.h>

#include "runtime/kernels/lanes-inl.h"

namespace karnin::kernels {

/// Number i is (r[i][0] + r[i][2]) + (r[i][1] + r[i][3]).
template <typename Arch>
[[gnu::always_inline]] inline __m128 sums_of_4(const __m128 (&r)[4]) noexcept {
  const __m128 first = _mm_add_ps(_mm_unpacklo_ps(r[0], r[1]), _mm_unpackhi_ps(r[0], r[1]));
  const __m128 last = _mm_add_ps(_mm_unpacklo_ps(r[2], r[3]), _mm_unpackhi_ps(r[2], r[3]));
  return _mm_add_ps(_mm_movelh_ps(first, last), _mm_movehl_ps(last, first));
}

/// Number i is the pairs of r[i]: ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)).
template <typename Arch>
[[gnu::always_inline]] inline __m256 sums_of_8(const __m256 (&r)[8]) noexcept {
  // Sums of halves: of rows 0 to 3, the lower halves first, and of rows 4 to 7.
  const __m256 first = _mm256_hadd_ps(_mm256_hadd_ps(r[0], r[1]), _mm256_hadd_ps(r[2], r[3]));
  const __m256 last = _mm256_hadd_ps(_mm256_hadd_ps(r[4], r[5]), _mm256_hadd_ps(r[6], r[7]));
  return _mm256_add_ps(_mm256_permute2f128_ps(first, last, 0x20),
                       _mm256_permute2f128_ps(first, last, 0x31));
}

/// Number i is r[i] folded four times: each lane plus the one 8 further on, of the 8 sums each plus
/// the one 4 further on, and so with 2 and 1. A shuffle, of which only one is done a cycle, serves
/// two rows: what stays in place of either is blended.
template <typename Arch>
[[gnu::always_inline]] inline __m512 sums_of_16(const Vec<Arch> (&rows)[16]) noexcept {
  __m512 r[16];
#pragma GCC unroll 16
  for (int i = 0; i < 16; ++i) r[i] = rows[i];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i)
    r[i] = _mm512_add_ps(_mm512_mask_blend_ps(0xFF00, r[i], r[i + 8]),
                         _mm512_shuffle_f32x4(r[i], r[i + 8], _MM_SHUFFLE(1, 0, 3, 2)));
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const __m512 other = _mm512_mask_blend_ps(0xF0F0, r[i + 4], r[i]);
    r[i] = _mm512_add_ps(_mm512_mask_blend_ps(0xF0F0, r[i], r[i + 4]),
                         _mm512_shuffle_f32x4(other, other, _MM_SHUFFLE(2, 3, 0, 1)));
  }
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i)
    r[i] = _mm512_add_ps(_mm512_mask_blend_ps(0xCCCC, r[i], r[i + 2]),
                         _mm512_shuffle_ps(r[i], r[i + 2], _MM_SHUFFLE(1, 0, 3, 2)));
  const __m512 other = _mm512_mask_blend_ps(0xAAAA, r[1], r[0]);
  return _mm512_add_ps(_mm512_mask_blend_ps(0xAAAA, r[0], r[1]),
                       _mm512_permute_ps(other, _MM_SHUFFLE(2, 3, 0, 1)));
}

/// Lane i is the sum of the lanes of rows[i], in the order of the function above for this width.
template <typename Arch>
[[gnu::always_inline]] inline Vec<Arch> lane_sums(const Vec<Arch> (&rows)[kWidth<Arch>]) noexcept {
  if constexpr (kIsAvx512<Arch>)
    return sums_of_16<Arch>(rows);
  else if constexpr (kIsAvx2<Arch>)
    return sums_of_8<Arch>(
        {rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7]});
  else
    return sums_of_4<Arch>({rows[0], rows[1], rows[2], rows[3]});
}

}  // namespace karnin::kernels
