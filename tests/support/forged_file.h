// Files changed by hand, with checksums that are right again.
#pragma once

#include <cstdint>
#include <vector>

namespace karnin::test {

inline constexpr std::size_t kVersionAt = 8, kFileSizeAt = 16, kCountAt = 24, kTableCrcAt = 28;
inline constexpr std::size_t kHeaderCrcAt = 32, kTableAt = 36, kEntryBytes = 16;

/// Little-endian fields.
void put(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint64_t value, std::size_t size);
std::uint64_t get(const std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t size);

/// Makes every checksum right, as far as lengths and counts make sense.
void reseal(std::vector<std::uint8_t>& bytes);

}  // namespace karnin::test
