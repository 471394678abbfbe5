#include "formats/io/crc32c.h"

#include <array>
#include <cstddef>

namespace karnin {
namespace {

constexpr std::uint32_t kReflectedPolynomial = 0x82F63B78;
constexpr std::size_t kSlices = 8;
using Table = std::array<std::array<std::uint32_t, 256>, kSlices>;

/// table[k][b]: what byte b does to the checksum when k more bytes follow it.
constexpr Table make_table() {
  Table table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1) ^ ((crc & 1U) != 0 ? kReflectedPolynomial : 0U);
    table[0][byte] = crc;
  }
  for (std::size_t k = 1; k < kSlices; ++k)
    for (std::size_t byte = 0; byte < 256; ++byte)
      table[k][byte] = (table[k - 1][byte] >> 8) ^ table[0][table[k - 1][byte] & 0xFFU];
  return table;
}

constexpr Table kTable = make_table();

}  // namespace

std::uint32_t crc32c(std::span<const std::uint8_t> bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  // Eight bytes a step: the eight look-ups do not wait for each other.
  for (; bytes.size() >= kSlices; bytes = bytes.subspan(kSlices)) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < kSlices; ++i) {
      const std::uint32_t old = i < 4 ? (crc >> (8 * i)) & 0xFFU : 0U;
      next ^= kTable[kSlices - 1 - i][bytes[i] ^ old];
    }
    crc = next;
  }
  for (const std::uint8_t byte : bytes) crc = (crc >> 8) ^ kTable[0][(crc ^ byte) & 0xFFU];
  return ~crc;
}

}  // namespace karnin
