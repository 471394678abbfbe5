#include "formats/report/png.h"

#include <zlib.h>

#include <algorithm>
#include <cassert>
#include <string_view>

#include "runtime/core/error.h"

namespace karnin {
namespace {

using Bytes = std::vector<std::uint8_t>;

void append_u32(Bytes& bytes, std::uint32_t value) {  // big-endian
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// Length, type, data, CRC of type and data.
void append_chunk(Bytes& png, std::string_view type, const Bytes& data) {
  append_u32(png, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = png.size();
  png.insert(png.end(), type.begin(), type.end());
  png.insert(png.end(), data.begin(), data.end());
  append_u32(png, static_cast<std::uint32_t>(
                      crc32(0, png.data() + start, static_cast<uInt>(png.size() - start))));
}

Bytes deflated(const Bytes& raw) {
  uLongf size = compressBound(static_cast<uLong>(raw.size()));
  Bytes packed(size);
  if (compress2(packed.data(), &size, raw.data(), static_cast<uLong>(raw.size()),
                Z_BEST_COMPRESSION) != Z_OK)
    throw Error("PNG: zlib failed");
  packed.resize(size);
  return packed;
}

}  // namespace

Bytes encode_png(std::uint32_t width, std::uint32_t height, std::span<const std::uint8_t> pixels) {
  assert(width > 0 && height > 0 && pixels.size() == std::size_t{3} * width * height);
  Bytes png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  Bytes header;
  append_u32(header, width);
  append_u32(header, height);
  header.insert(header.end(), {8, 2, 0, 0, 0});  // bits, RGB, deflate, filters, not interlaced
  append_chunk(png, "IHDR", header);
  Bytes rows;
  const std::size_t row = std::size_t{3} * width;
  for (std::size_t y = 0; y < height; ++y) {
    rows.push_back(0);  // not filtered
    const auto line = pixels.subspan(y * row, row);
    rows.insert(rows.end(), line.begin(), line.end());
  }
  append_chunk(png, "IDAT", deflated(rows));
  append_chunk(png, "IEND", {});
  return png;
}

std::string base64(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < left ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += k <= left ? kDigits[bits >> (18 - 6 * k) & 63U] : '=';
  }
  return text;
}

}  // namespace karnin
