// A mask as one bit a weight, lowest bit of the first byte first, eight weights at a time.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "runtime/graph/model.h"

namespace karnin {

static_assert(std::endian::native == std::endian::little, "the lowest byte comes first");

constexpr std::uint64_t mask_bytes(std::uint64_t elements) { return (elements + 7) / 8; }

/// Spare bits are 0.
inline std::vector<std::uint8_t> pack_mask(const Mask& mask) {
  std::vector<std::uint8_t> bits(mask_bytes(mask.size()));
  for (std::size_t i = 0; i < bits.size(); ++i) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, &mask[8 * i], std::min<std::size_t>(8, mask.size() - 8 * i));
    // Byte j times 2^(56 - 7 j) puts its bit at 56 + j, and no two of these products meet.
    bits[i] = static_cast<std::uint8_t>((eight * 0x0102040810204080) >> 56);
  }
  return bits;
}

/// Fills the mask; false where spare bits are set.
inline bool unpack_mask(std::span<const std::uint8_t> bits, Mask& mask) {
  for (std::size_t i = 0; i < bits.size(); ++i) {
    // Bit j alone in byte j, then as a 0 or 1.
    const std::uint64_t apart = (std::uint64_t{bits[i]} * 0x0101010101010101) & 0x8040201008040201;
    const std::uint64_t eight = ((apart + 0x7F7F7F7F7F7F7F7F) >> 7) & 0x0101010101010101;
    std::memcpy(&mask[8 * i], &eight, std::min<std::size_t>(8, mask.size() - 8 * i));
  }
  return mask.size() % 8 == 0 || bits.back() >> (mask.size() % 8) == 0;
}

}  // namespace karnin
