#include "formats/io/crc32c.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace karnin {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Bit by bit, straight from the definition.
std::uint32_t slow_crc32c(std::span<const std::uint8_t> bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint8_t byte : bytes)
    for (int bit = 0; bit < 8; ++bit) {
      const bool carry = ((crc ^ (byte >> bit)) & 1U) != 0;
      crc = (crc >> 1) ^ (carry ? 0x82F63B78U : 0U);
    }
  return ~crc;
}

TEST(Crc32c, AgreesWithPublishedValues) {
  EXPECT_EQ(crc32c({}), 0U);
  EXPECT_EQ(crc32c(bytes_of("123456789")), 0xE3069283U);
  // RFC 3720, B.4: 32 bytes of zeros, of ones, ascending.
  std::vector<std::uint8_t> bytes(32, 0);
  EXPECT_EQ(crc32c(bytes), 0x8A9136AAU);
  bytes.assign(32, 0xFF);
  EXPECT_EQ(crc32c(bytes), 0x62A8AB43U);
  for (std::uint8_t i = 0; i < 32; ++i) bytes[i] = i;
  EXPECT_EQ(crc32c(bytes), 0x46DD794EU);
}

TEST(Crc32c, AgreesWithTheDefinitionForEveryLength) {
  std::vector<std::uint8_t> bytes;
  for (unsigned length = 0; length < 70; ++length) {
    EXPECT_EQ(crc32c(bytes), slow_crc32c(bytes)) << length;
    bytes.push_back(static_cast<std::uint8_t>(length * 151 + 7));
  }
}

}  // namespace
}  // namespace karnin
