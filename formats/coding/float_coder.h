// Floats with exponents by frequency and `mantissa_bits` bits behind the point; f32 has 23 of them,
// f16 has 10 and bf16 has 7. Normative: FORMAT.md, "Values".
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>

#include "formats/coding/range_coder.h"

namespace karnin {

inline constexpr int kMaxMantissaBits = 23;

/// The fewest bits that hold all of these values exactly.
inline int mantissa_bits_of(std::span<const float> values) {
  std::uint32_t used = 0;
  for (const float value : values) used |= std::bit_cast<std::uint32_t>(value);
  used &= (std::uint32_t{1} << kMaxMantissaBits) - 1;
  return used == 0 ? 0 : kMaxMantissaBits - std::countr_zero(used);
}

class FloatCoder {
 public:
  explicit FloatCoder(int mantissa_bits) : mantissa_bits_(mantissa_bits) {}

  void encode(RangeEncoder& encoder, float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    exponents_.encode(encoder, (bits >> kMaxMantissaBits) & 0xFFU, 8);
    const std::uint32_t mantissa =
        (bits & kMantissa) >> static_cast<unsigned>(kMaxMantissaBits - mantissa_bits_);
    const std::uint32_t rest = (bits >> 31) << mantissa_bits_ | mantissa;
    if (high_bits() > 0) encoder.direct(rest >> low_bits(), high_bits());
    encoder.direct(rest & ((std::uint32_t{1} << low_bits()) - 1), low_bits());
  }

  float decode(RangeDecoder& decoder) {
    const std::uint32_t exponent = exponents_.decode(decoder, 8);
    std::uint32_t rest = high_bits() > 0 ? decoder.direct(high_bits()) << low_bits() : 0;
    rest |= decoder.direct(low_bits());
    const std::uint32_t sign = rest >> mantissa_bits_;
    const std::uint32_t mantissa = (rest << (kMaxMantissaBits - mantissa_bits_)) & kMantissa;
    return std::bit_cast<float>(sign << 31 | exponent << kMaxMantissaBits | mantissa);
  }

 private:
  static constexpr std::uint32_t kMantissa = (std::uint32_t{1} << kMaxMantissaBits) - 1;
  /// Sign and mantissa are 1 to 24 bits; one step of the coder takes up to 12 of them.
  int low_bits() const { return std::min(mantissa_bits_ + 1, 12); }
  int high_bits() const { return mantissa_bits_ + 1 - low_bits(); }

  int mantissa_bits_;
  AdaptiveNumber exponents_;
};

}  // namespace karnin
