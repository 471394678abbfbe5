#include "formats/coding/row_scale.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace karnin {
namespace {

/// odd x 2^exponent.
struct Exact {
  std::uint32_t odd;
  int exponent;
};

Exact exact(float value) {
  constexpr int kDigits = std::numeric_limits<float>::digits;
  int exponent = 0;
  const float fraction = std::frexp(std::fabs(value), &exponent);
  const auto mantissa = static_cast<std::uint32_t>(std::ldexp(fraction, kDigits));
  const int zeros = std::countr_zero(mantissa);
  return {mantissa >> zeros, exponent - kDigits + zeros};
}

}  // namespace

std::optional<float> row_scale(std::span<const float> row) {
  Exact divisor{0, std::numeric_limits<int>::max()};
  float largest = 0;
  for (const float value : row) {
    if (value == 0.0F && std::signbit(value)) return std::nullopt;
    if (value == 0.0F) continue;
    const Exact next = exact(value);
    divisor = {std::gcd(divisor.odd, next.odd), std::min(divisor.exponent, next.exponent)};
    largest = std::max(largest, std::fabs(value));
    // Divisors only get smaller: most rows are given up after two or three values.
    if (std::ldexp(static_cast<double>(divisor.odd), divisor.exponent) * kMaxRowInteger < largest)
      return std::nullopt;
  }
  return std::ldexp(static_cast<float>(divisor.odd), largest == 0 ? 0 : divisor.exponent);
}

}  // namespace karnin
