// Floats with fewer bits, held as floats. Ties go to the even neighbour; zero has no sign.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace karnin {

inline constexpr int kF16MantissaBits = 10;
inline constexpr int kBf16MantissaBits = 7;

/// The nearest float with `bits` < 23 bits behind the point; the largest of them beyond it.
inline float round_mantissa(float value, int bits) {
  const int spare = std::numeric_limits<float>::digits - 1 - bits;
  const std::uint32_t step = std::uint32_t{1} << spare;
  const auto pattern = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t odd = (pattern / step) & 1U;
  const auto rounded = std::bit_cast<float>((pattern + step / 2 - 1 + odd) & ~(step - 1));
  if (std::isfinite(rounded)) return rounded + 0.0F;
  const auto largest =
      std::bit_cast<std::uint32_t>(std::numeric_limits<float>::max()) & ~(step - 1);
  return std::copysign(std::bit_cast<float>(largest), value);
}

/// Below the normal range the steps of binary16 stay the same.
inline float round_to_f16(float value) {
  constexpr float kLargest = 65504, kLeastNormal = 0x1p-14F, kStep = 0x1p-24F;
  if (std::fabs(value) < kLeastNormal) return std::nearbyint(value / kStep) * kStep + 0.0F;
  return std::clamp(round_mantissa(value, kF16MantissaBits), -kLargest, kLargest);
}

inline float round_to_bf16(float value) { return round_mantissa(value, kBf16MantissaBits); }

}  // namespace karnin
