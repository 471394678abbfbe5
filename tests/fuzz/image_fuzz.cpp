// The decoders of pictures, and what makes them fit a network.
#include <zlib.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "formats/images/image_planes.h"
#include "formats/images/jpeg_reader.h"
#include "formats/images/png_reader.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kSignature = 8, kFrame = 12;  // of a PNG; around a chunk's data

/// Puts checksums right, or nothing that the fuzzer changes would get to libpng.
void mend(Bytes& png) {
  for (std::size_t at = kSignature; png.size() - at >= kFrame;) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = length << 8 | png[at + i];
    if (length > png.size() - at - kFrame) return;
    const uLong crc = crc32(0, png.data() + at + 4, static_cast<uInt>(4 + length));
    for (std::size_t i = 0; i < 4; ++i)
      png[at + 8 + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    at += kFrame + length;
  }
}

Image decode(Bytes bytes) {
  if (bytes[0] == 0xFF) return decode_jpeg(bytes, "fuzz");
  if (bytes.size() > kSignature) mend(bytes);
  return decode_png(bytes, "fuzz");
}

void use(const Image& image) {
  const auto pixels = static_cast<std::size_t>(image.channels * image.h * image.w);
  if ((image.channels != 1 && image.channels != 3) || image.pixels.size() != pixels) std::abort();
  std::array<std::uint8_t, std::size_t{3} * 5 * 7> planes{};
  write_planes(image, {3, 5, 7}, planes);
  write_planes(image, {1, 7, 5}, std::span(planes).first(35));
}

}  // namespace
}  // namespace karnin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  try {
    karnin::use(karnin::decode({data, data + size}));
  } catch (const karnin::FileError&) {
  }
  return 0;
}
