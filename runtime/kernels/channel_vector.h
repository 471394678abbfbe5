// Neighbouring channels side by side, four (Channels) or one (float), behind the same few
// functions. The vectors of the baseline are enough for pooling: it is a matter of a microsecond an
// image.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <xsimd/xsimd.hpp>

namespace karnin::kernels {

using Channels = xsimd::batch<float, xsimd::sse2>;

template <typename V>
inline constexpr std::int64_t kLanes = V::size;
template <>
inline constexpr std::int64_t kLanes<float> = 1;

template <typename V>
V load(const float* from) {
  if constexpr (kLanes<V> == 1)
    return *from;
  else
    return V::load_unaligned(from);
}

template <typename V>
void store(const V& value, float* to) {
  if constexpr (kLanes<V> == 1)
    *to = value;
  else
    value.store_unaligned(to);
}

/// The first `count` lanes only; the others are 0.
template <typename V>
V load(const float* from, std::int64_t count) {
  if (count == kLanes<V>) return load<V>(from);
  std::array<float, kLanes<V>> lanes{};
  std::copy_n(from, count, lanes.begin());
  return load<V>(lanes.data());
}

/// The first `count` lanes only.
template <typename V>
void store(const V& value, float* to, std::int64_t count) {
  if (count == kLanes<V>) return store(value, to);
  std::array<float, kLanes<V>> lanes{};
  store(value, lanes.data());
  std::copy_n(lanes.begin(), count, to);
}

inline float larger(float a, float b) { return a > b ? a : b; }
inline Channels larger(const Channels& a, const Channels& b) { return xsimd::max(a, b); }

inline float choose(bool condition, float yes, float no) { return condition ? yes : no; }
inline Channels choose(const Channels::batch_bool_type& condition, const Channels& yes,
                       const Channels& no) {
  return xsimd::select(condition, yes, no);
}

}  // namespace karnin::kernels
