// What the kernels need of a vector and xsimd 8 to 13 do not all give: a true FMA, and loads
// and stores of fewer lanes than there are. With transpose-inl.h, lane_sums-inl.h, evens() of
// copy_windows-inl.h and the gathering of fc_gather-inl.h, all that names intrinsics.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <type_traits>
#include <xsimd/xsimd.hpp>

namespace karnin::kernels {

template <typename Arch>
using Vec = xsimd::batch<float, Arch>;

template <typename Arch>
inline constexpr std::int64_t kWidth = static_cast<std::int64_t>(Vec<Arch>::size);

template <typename Arch>
inline constexpr bool kIsAvx512 = std::is_base_of_v<xsimd::avx512f, Arch>;

template <typename Arch>
inline constexpr bool kIsAvx2 = !kIsAvx512<Arch> && std::is_base_of_v<xsimd::avx2, Arch>;

/// a * b + c, rounded once wherever the instruction set can (xsimd 8 rounds twice on AVX-512).
template <typename Arch>
[[gnu::always_inline]] inline Vec<Arch> fma(Vec<Arch> a, Vec<Arch> b, Vec<Arch> c) noexcept {
  if constexpr (kIsAvx512<Arch>)
    return _mm512_fmadd_ps(a, b, c);
  else
    return xsimd::fma(a, b, c);
}

/// The same on one number, with the same rounding as a lane.
template <typename Arch>
[[gnu::always_inline]] inline float fma(float a, float b, float c) noexcept {
  if constexpr (kIsAvx512<Arch> || kIsAvx2<Arch>)
    return __builtin_fmaf(a, b, c);
  else
    return a * b + c;
}

/// The same on four numbers, whatever the width of a vector.
template <typename Arch>
[[gnu::always_inline]] inline __m128 fma(__m128 a, __m128 b, __m128 c) noexcept {
  if constexpr (kIsAvx512<Arch> || kIsAvx2<Arch>)
    return _mm_fmadd_ps(a, b, c);
  else
    return _mm_add_ps(_mm_mul_ps(a, b), c);
}

/// max(x, 0) that keeps a NaN: x86's max returns its second operand if either is one.
template <typename Arch>
[[gnu::always_inline]] inline Vec<Arch> positive(Vec<Arch> x) noexcept {
  return xsimd::max(Vec<Arch>(0.0F), x);
}

/// The same value, kept in a register: GCC else repeats a load as the memory operand of every FMA
/// that uses it, and the load units, which deliver no more than the FMA units consume, fall behind.
template <typename Arch>
[[gnu::always_inline]] inline Vec<Arch> in_register(Vec<Arch> x) noexcept {
  auto lanes = static_cast<typename Vec<Arch>::register_type>(x);
  asm("" : "+v"(lanes));
  return lanes;
}

/// Four numbers, each of which is wanted in all lanes. AVX2 loads them at once and spreads them by
/// shuffles, which have a port to themselves where loads are what a loop waits for.
template <typename Arch>
class Four {
 public:
  [[gnu::always_inline]] explicit Four(const float* src) noexcept : held_(hold(src)) {}

  /// All lanes hold src[i].
  [[gnu::always_inline]] Vec<Arch> operator[](int i) const noexcept {
    if constexpr (kIsAvx2<Arch>) {
      if (i == 0) return _mm256_permute_ps(held_, 0x00);
      if (i == 1) return _mm256_permute_ps(held_, 0x55);
      if (i == 2) return _mm256_permute_ps(held_, 0xAA);
      return _mm256_permute_ps(held_, 0xFF);
    } else {
      return Vec<Arch>(held_[i]);
    }
  }

 private:
  [[gnu::always_inline]] static auto hold(const float* src) noexcept {
    if constexpr (kIsAvx2<Arch>) {
      typename Vec<Arch>::register_type halves =
          _mm256_broadcast_ps(reinterpret_cast<const __m128*>(src));
      asm("" : "+x"(halves));  // GCC would turn a shuffle of it into four loads again
      return halves;
    } else {
      return src;
    }
  }
  decltype(hold(nullptr)) held_;
};

/// Access to all lanes.
template <typename Arch>
struct Whole {
  [[gnu::always_inline]] Vec<Arch> load(const float* src) const noexcept {
    return Vec<Arch>::load_unaligned(src);
  }
  [[gnu::always_inline]] void store(float* dst, Vec<Arch> x) const noexcept {
    x.store_unaligned(dst);
  }
};

/// Access to the first `count` lanes, 0 <= count <= width: the others load as 0, and neither their
/// bytes are read nor written.
template <typename Arch>
class Partial {
 public:
  explicit Partial(std::int64_t count) noexcept : mask_(make_mask(count)) {}

  [[gnu::always_inline]] Vec<Arch> load(const float* src) const noexcept {
    if constexpr (kIsAvx512<Arch>) {
      return _mm512_maskz_loadu_ps(mask_, src);
    } else if constexpr (kIsAvx2<Arch>) {
      return _mm256_maskload_ps(src, mask_);
    } else {
      float lanes[kWidth<Arch>] = {};
      for (std::int64_t i = 0; i < mask_; ++i) lanes[i] = src[i];
      return Vec<Arch>::load_unaligned(lanes);
    }
  }

  [[gnu::always_inline]] void store(float* dst, Vec<Arch> x) const noexcept {
    if constexpr (kIsAvx512<Arch>) {
      _mm512_mask_storeu_ps(dst, mask_, x);
    } else if constexpr (kIsAvx2<Arch>) {
      _mm256_maskstore_ps(dst, mask_, x);
    } else {
      float lanes[kWidth<Arch>];
      x.store_unaligned(lanes);
      for (std::int64_t i = 0; i < mask_; ++i) dst[i] = lanes[i];
    }
  }

 private:
  static auto make_mask(std::int64_t count) noexcept {
    if constexpr (kIsAvx512<Arch>) {
      return static_cast<__mmask16>((1U << count) - 1U);
    } else if constexpr (kIsAvx2<Arch>) {
      const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
      return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), lane);
    } else {
      return count;
    }
  }
  decltype(make_mask(0)) mask_;
};

/// body(i, lanes) for every vector of [0, count), lanes being Whole or, at the end, Partial.
template <typename Arch, typename Body>
[[gnu::always_inline]] inline void for_each_vector(std::int64_t count, const Body& body) noexcept {
  std::int64_t i = 0;
  for (; i + kWidth<Arch> <= count; i += kWidth<Arch>) body(i, Whole<Arch>{});
  if (i < count) body(i, Partial<Arch>(count - i));
}

}  // namespace karnin::kernels
