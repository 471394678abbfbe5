// PNG files of every kind, written without the library that reads them.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace karnin::test {

using PngBytes = std::vector<std::uint8_t>;

inline void append_big_endian(PngBytes& bytes, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

inline void append_png_chunk(PngBytes& png, std::string_view type,
                             std::span<const std::uint8_t> data) {
  append_big_endian(png, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = png.size();
  png.insert(png.end(), type.begin(), type.end());
  png.insert(png.end(), data.begin(), data.end());
  append_big_endian(png, static_cast<std::uint32_t>(
                             crc32(0, png.data() + start, static_cast<uInt>(png.size() - start))));
}

/// Colour types of the PNG specification.
enum class PngColour : std::uint8_t { grey = 0, rgb = 2, palette = 3, grey_alpha = 4, rgba = 6 };

struct PngFile {
  std::uint32_t h = 0;
  std::uint32_t w = 0;
  PngColour colour = PngColour::rgb;
  std::uint8_t depth = 8;
  PngBytes palette = {};
  PngBytes transparency = {};
  PngBytes chunks = {};  ///< whole ones, right behind the header
};

/// `rows` are the bytes of all rows, packed as the file has them, without filters. The header may
/// contradict them.
inline PngBytes png_file(const PngFile& file, std::span<const std::uint8_t> rows) {
  PngBytes png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'}, header, filtered;
  append_big_endian(header, file.w);
  append_big_endian(header, file.h);
  header.insert(header.end(), {file.depth, static_cast<std::uint8_t>(file.colour), 0, 0, 0});
  append_png_chunk(png, "IHDR", header);
  png.insert(png.end(), file.chunks.begin(), file.chunks.end());
  if (!file.palette.empty()) append_png_chunk(png, "PLTE", file.palette);
  if (!file.transparency.empty()) append_png_chunk(png, "tRNS", file.transparency);
  const std::size_t stride = file.h == 0 ? 0 : rows.size() / file.h;
  for (std::size_t at = 0; stride > 0 && at < rows.size(); at += stride) {
    filtered.push_back(0);
    filtered.insert(filtered.end(), rows.begin() + static_cast<std::ptrdiff_t>(at),
                    rows.begin() + static_cast<std::ptrdiff_t>(at + stride));
  }
  uLongf size = compressBound(filtered.size());
  PngBytes packed(size);
  EXPECT_EQ(compress(packed.data(), &size, filtered.data(), filtered.size()), Z_OK);
  append_png_chunk(png, "IDAT", std::span(packed).first(size));
  append_png_chunk(png, "IEND", {});
  return png;
}

}  // namespace karnin::test
