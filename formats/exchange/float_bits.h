// Numbers of fewer bits than floats, as files of others hold them.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace karnin {

/// IEEE 754 binary16; every one of them is a float.
inline float from_half(std::uint16_t half) {
  const int exponent = half >> 10 & 0x1F;
  const int fraction = half & 0x3FF;
  const float sign = (half & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 0x1F) return sign * (fraction == 0 ? INFINITY : NAN);
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(fraction | 0x400), exponent - 25);
}

/// The upper half of a float.
inline float from_bfloat(std::uint16_t bits) {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

}  // namespace karnin
