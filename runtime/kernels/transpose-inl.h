// Rows into the vector lanes and back. xsimd has a transpose only from version 9 on.
#pragma once

#include <immintrin.h>

#include "runtime/kernels/lanes-inl.h"

namespace karnin::kernels {

/// Edge of the square that is turned in registers. 8 for AVX-512 too: turning 16 x 16 at once takes
/// as many shuffles an element.
template <typename Arch>
inline constexpr std::int64_t kTurn = kWidth<Arch> < 8 ? 4 : 8;

/// dst(j)[i] = src(i)[j] for i, j < kTurn; the last j first.
template <typename Arch, typename Src, typename Dst>
[[gnu::always_inline]] inline void turn(const Src& src, const Dst& dst) noexcept {
  if constexpr (kTurn<Arch> == 4) {
    __m128 r[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) r[i] = _mm_loadu_ps(src(i));
    _MM_TRANSPOSE4_PS(r[0], r[1], r[2], r[3]);
#pragma GCC unroll 4
    for (int j = 3; j >= 0; --j) _mm_storeu_ps(dst(j), r[j]);
  } else {
#pragma GCC unroll 2
    for (int half = 4; half >= 0; half -= 4) {
      // Rows i and i + 4 share a register from the start: no shuffle has to cross its halves.
      __m256 r[4], t[4];
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i)
        r[i] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(src(i) + half)),
                                    _mm_loadu_ps(src(i + 4) + half), 1);
      t[0] = _mm256_unpacklo_ps(r[0], r[1]);
      t[1] = _mm256_unpacklo_ps(r[2], r[3]);
      t[2] = _mm256_unpackhi_ps(r[0], r[1]);
      t[3] = _mm256_unpackhi_ps(r[2], r[3]);
      _mm256_storeu_ps(dst(half + 3), _mm256_shuffle_ps(t[2], t[3], _MM_SHUFFLE(3, 2, 3, 2)));
      _mm256_storeu_ps(dst(half + 2), _mm256_shuffle_ps(t[2], t[3], _MM_SHUFFLE(1, 0, 1, 0)));
      _mm256_storeu_ps(dst(half + 1), _mm256_shuffle_ps(t[0], t[1], _MM_SHUFFLE(3, 2, 3, 2)));
      _mm256_storeu_ps(dst(half), _mm256_shuffle_ps(t[0], t[1], _MM_SHUFFLE(1, 0, 1, 0)));
    }
  }
}

/// left[i] = src[2 * i], right[i] = src[2 * i + 1].
template <typename Arch>
[[gnu::always_inline]] inline void split_pairs(const float* src, Vec<Arch>& left,
                                               Vec<Arch>& right) noexcept {
  if constexpr (kIsAvx512<Arch>) {
    const __m512i even =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512 a = _mm512_loadu_ps(src), b = _mm512_loadu_ps(src + 16);
    left = _mm512_permutex2var_ps(a, even, b);
    right = _mm512_permutex2var_ps(a, _mm512_add_epi32(even, _mm512_set1_epi32(1)), b);
  } else if constexpr (kIsAvx2<Arch>) {
    // Quarters 0 2 | 1 3, so that the shuffles within halves end in order.
    const __m256 a = _mm256_loadu_ps(src), b = _mm256_loadu_ps(src + 8);
    const __m256 low = _mm256_permute2f128_ps(a, b, 0x20),
                 high = _mm256_permute2f128_ps(a, b, 0x31);
    left = _mm256_shuffle_ps(low, high, _MM_SHUFFLE(2, 0, 2, 0));
    right = _mm256_shuffle_ps(low, high, _MM_SHUFFLE(3, 1, 3, 1));
  } else {
    const __m128 a = _mm_loadu_ps(src), b = _mm_loadu_ps(src + 4);
    left = _mm_shuffle_ps(a, b, _MM_SHUFFLE(2, 0, 2, 0));
    right = _mm_shuffle_ps(a, b, _MM_SHUFFLE(3, 1, 3, 1));
  }
}

/// The kTurn rows from `first` on of a matrix with `rows` of them, `stride` floats apart. Beyond
/// the last one they are the last one again: lanes without a row of their own repeat its numbers,
/// which are sound to compute with. What they hold is written first, and overwritten.
template <typename Arch, typename Float>
class RowsAt {
 public:
  RowsAt(Float* data, std::int64_t stride, std::int64_t rows, std::int64_t first) noexcept {
    for (int i = 0; i < kTurn<Arch>; ++i)
      rows_[i] = data + (first + i < rows ? first + i : rows - 1) * stride;
  }
  [[gnu::always_inline]] Float* operator[](int i) const noexcept { return rows_[i]; }

 private:
  Float* rows_[kTurn<Arch>];
};

/// `count` rounded up to what to_lanes fills.
template <typename Arch>
constexpr std::int64_t whole_lanes(std::int64_t count) noexcept {
  return (count + kTurn<Arch> - 1) / kTurn<Arch> * kTurn<Arch>;
}

/// turned[column * lanes + row] = src[row * stride + column], for the first `lanes` rows, of which
/// only `rows` are there. lanes is a whole_lanes() of something.
template <typename Arch>
void to_lanes(std::int64_t rows, std::int64_t columns, const float* src, std::int64_t stride,
              float* turned, std::int64_t lanes) noexcept {
  constexpr std::int64_t kT = kTurn<Arch>;
  for (std::int64_t lane = 0; lane < lanes; lane += kT) {
    const RowsAt<Arch, const float> row(src, stride, rows, lane);
    std::int64_t c = 0;
    for (; c + kT <= columns; c += kT)
      turn<Arch>([&](int i) { return row[i] + c; },
                 [&](int j) { return turned + (c + j) * lanes + lane; });
    for (; c < columns; ++c)
      for (int i = 0; i < kT; ++i) turned[c * lanes + lane + i] = row[i][c];
  }
}

/// The inverse: dst[row * stride + column] = turned[column * lanes + row] for `rows` <= lanes,
/// whatever the other lanes hold.
template <typename Arch>
void from_lanes(std::int64_t rows, std::int64_t columns, const float* turned, std::int64_t lanes,
                float* dst, std::int64_t stride) noexcept {
  constexpr std::int64_t kT = kTurn<Arch>;
  for (std::int64_t lane = 0; lane < rows; lane += kT) {
    const RowsAt<Arch, float> row(dst, stride, rows, lane);
    std::int64_t c = 0;
    for (; c + kT <= columns; c += kT)
      turn<Arch>([&](int j) { return turned + (c + j) * lanes + lane; },
                 [&](int i) { return row[i] + c; });
    for (; c < columns; ++c)
      for (int i = static_cast<int>(kT) - 1; i >= 0; --i) row[i][c] = turned[c * lanes + lane + i];
  }
}

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

}  // namespace karnin::kernels
