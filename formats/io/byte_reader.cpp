#include "formats/io/byte_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace karnin {

static_assert(std::endian::native == std::endian::little, "floats are copied as they are");

std::span<const std::uint8_t> ByteReader::bytes(std::uint64_t count, std::string_view field) {
  if (count > remaining())
    fail(fmt::format("{}: expected {} bytes, got {}", field, count, remaining()));
  const auto taken = bytes_.subspan(position_, count);
  position_ += count;
  return taken;
}

ByteReader ByteReader::slice(std::uint64_t count, std::string_view field) {
  const std::uint64_t start = offset();
  return {bytes(count, field), path_, start};
}

std::uint64_t ByteReader::varint(std::string_view field) {
  const ByteReader start = *this;
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = read<std::uint8_t>(field);
    const std::uint64_t group = byte & 0x7FU;
    if ((group << shift) >> shift != group || (byte == 0 && shift > 0)) break;
    value |= group << shift;
    if (byte < 0x80) return value;
  }
  start.fail(fmt::format("{}: expected a number of 64 bits in its shortest form", field));
}

void ByteReader::floats(std::span<float> dst, std::string_view field) {
  const std::uint64_t start = offset();
  std::ranges::copy(bytes(dst.size_bytes(), field), reinterpret_cast<std::uint8_t*>(dst.data()));
  for (std::size_t i = 0; i < dst.size(); ++i)
    if (!std::isfinite(dst[i]))
      fail_at(start + i * sizeof(float),
              fmt::format("{}: expected finite values, got {} at index {}", field, dst[i], i));
}

void ByteReader::expect_end(std::string_view field) const {
  if (remaining() != 0)
    fail(fmt::format("{}: expected its end, got {} more bytes", field, remaining()));
}

void ByteReader::fail(const std::string& problem) const { fail_at(offset(), problem); }

void ByteReader::fail_at(std::uint64_t file_offset, const std::string& problem) const {
  throw FileError(std::string(path_), file_offset,
                  name_.empty() ? problem : fmt::format("{}: {}", name_, problem));
}

}  // namespace karnin
