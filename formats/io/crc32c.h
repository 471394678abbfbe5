// CRC-32C (Castagnoli): finds every change of up to 32 neighbouring bits.
#pragma once

#include <cstdint>
#include <span>

namespace karnin {

/// Polynomial 0x1EDC6F41 reflected, initial value and final xor 0xFFFFFFFF (RFC 3720, B.4).
std::uint32_t crc32c(std::span<const std::uint8_t> bytes);

}  // namespace karnin
