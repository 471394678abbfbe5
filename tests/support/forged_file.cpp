#include "tests/support/forged_file.h"

#include <span>

#include "formats/io/crc32c.h"

namespace karnin::test {

void put(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    bytes.at(at + i) = static_cast<std::uint8_t>(value >> (8 * i));
}

std::uint64_t get(const std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= std::uint64_t{bytes.at(at + i)} << (8 * i);
  return value;
}

namespace {

void reseal_header(std::vector<std::uint8_t>& bytes) {
  put(bytes, kHeaderCrcAt, crc32c(std::span(bytes).first(kHeaderCrcAt)), 4);
}

}  // namespace

void reseal(std::vector<std::uint8_t>& bytes) {
  const std::uint64_t count = get(bytes, kCountAt, 4);
  const std::uint64_t room = (bytes.size() - kTableAt) / kEntryBytes;
  if (count <= room) {
    std::uint64_t at = kTableAt + count * kEntryBytes;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::size_t entry = kTableAt + i * kEntryBytes;
      const std::uint64_t length = get(bytes, entry + 8, 8);
      if (length > bytes.size() - at) break;
      put(bytes, entry + 4, crc32c(std::span(bytes).subspan(at, length)), 4);
      at += length;
    }
    put(bytes, kTableCrcAt, crc32c(std::span(bytes).subspan(kTableAt, count * kEntryBytes)), 4);
  }
  reseal_header(bytes);
}

}  // namespace karnin::test
