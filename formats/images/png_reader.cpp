#include "formats/images/png_reader.h"

#include <fmt/format.h>
#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "runtime/core/error.h"

namespace karnin {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kSignatureBytes = 8;
constexpr std::size_t kChunkFrame = 12;           // length and type before the data, CRC behind
constexpr std::uint64_t kMaxDeflateRatio = 1032;  // no deflate stream expands further

std::uint32_t big_endian(Bytes bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

/// Returns where the next chunk begins.
std::size_t require_sound_chunk(Bytes bytes, std::size_t at, const std::string& path) {
  const auto fail = [&](const char* problem) { throw FileError(path, at, problem); };
  const std::size_t left = bytes.size() - at;
  if (left < kChunkFrame) fail("PNG: the file ends before its last chunk");
  const std::size_t length = big_endian(bytes, at);
  if (length > left - kChunkFrame) fail("PNG: the file ends within a chunk");
  const uLong crc = crc32(0, bytes.data() + at + 4, static_cast<uInt>(4 + length));
  if (crc != big_endian(bytes, at + 8 + length)) fail("PNG: the checksum of a chunk is wrong");
  return at + kChunkFrame + length;
}

bool is_of_type(Bytes chunk, std::string_view type) {
  return std::ranges::equal(chunk.subspan(4, 4), type);
}

/// A capital letter begins the type of what a picture can't be read without.
bool is_of_pixels(Bytes chunk) { return (chunk[4] & 0x20U) == 0 || is_of_type(chunk, "tRNS"); }

/// The file without what else it says, of gamma and colour spaces among that, by which libpng would
/// change the samples. All of it must be sound: libpng doesn't look behind the last pixel, nor at
/// the checksum of what holds it.
std::vector<std::uint8_t> pixels_alone(Bytes bytes, const std::string& path) {
  std::vector<std::uint8_t> kept(bytes.begin(), bytes.begin() + kSignatureBytes);
  bool over = false;
  for (std::size_t at = kSignatureBytes; !over;) {
    const std::size_t next = require_sound_chunk(bytes, at, path);
    const Bytes chunk = bytes.subspan(at, next - at);
    if (is_of_pixels(chunk)) kept.insert(kept.end(), chunk.begin(), chunk.end());
    over = is_of_type(chunk, "IEND");
    at = next;
  }
  return kept;
}

/// The first chunk, IHDR, says how large the picture is: not more than its bytes can unpack to.
void require_plausible_size(Bytes bytes, const std::string& path) {
  constexpr std::size_t kHeader = kSignatureBytes + 8;
  if (bytes.size() < kHeader + 13) throw FileError(path, 0, "PNG: the file ends in its header");
  const std::uint64_t width = big_endian(bytes, kHeader), height = big_endian(bytes, kHeader + 4);
  const std::uint64_t depth = bytes[kHeader + 8];
  if (width == 0 || height == 0 || width > kMaxImagePixels / height)
    throw FileError(
        path, kHeader,
        fmt::format("PNG: expected 1 to {} pixels, got {}x{}", kMaxImagePixels, height, width));
  constexpr int kSamples[] = {1, 1, 3, 1, 2, 1, 4, 1};  // by colour type
  const std::uint64_t bits = depth * static_cast<std::uint64_t>(kSamples[bytes[kHeader + 9] & 7U]);
  if (height * (1 + width * bits / 8) > kMaxDeflateRatio * bytes.size())
    throw FileError(path, kHeader,
                    fmt::format("PNG: {}x{} pixels are more than {} bytes of file can hold", height,
                                width, bytes.size()));
}

/// libpng's own frame around what it does for this picture, which catches its errors.
class Frame {
 public:
  explicit Frame(const std::string& path) : path_(path) { image_.version = PNG_IMAGE_VERSION; }
  ~Frame() { png_image_free(&image_); }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  Image read(Bytes bytes) {
    check(png_image_begin_read_from_memory(&image_, bytes.data(), bytes.size()));
    const bool colour = (image_.format & PNG_FORMAT_FLAG_COLOR) != 0;
    const bool alpha = (image_.format & PNG_FORMAT_FLAG_ALPHA) != 0;
    // Alpha is read, so that nothing is blended with a background.
    image_.format = (colour ? PNG_FORMAT_FLAG_COLOR : 0U) | (alpha ? PNG_FORMAT_FLAG_ALPHA : 0U);
    image_.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // 16 bits mean what 8 do
    Image image{colour ? 3 : 1, image_.height, image_.width, {}};
    image.pixels.resize(PNG_IMAGE_SIZE(image_));
    check(png_image_finish_read(&image_, nullptr, image.pixels.data(), 0, nullptr));
    if (alpha) drop_alpha(image);
    return image;
  }

 private:
  void check(int done) const {
    if (done == 0) throw FileError(path_, 0, fmt::format("PNG: {}", image_.message));
  }

  static void drop_alpha(Image& image) {
    const auto kept = static_cast<std::size_t>(image.channels);
    std::uint8_t* to = image.pixels.data();
    for (std::size_t from = 0; from < image.pixels.size(); from += kept + 1)
      to = std::copy_n(image.pixels.data() + from, kept, to);
    image.pixels.resize(static_cast<std::size_t>(to - image.pixels.data()));
  }

  const std::string& path_;
  png_image image_{};
};

}  // namespace

Image decode_png(Bytes bytes, const std::string& path) {
  require_plausible_size(bytes, path);
  return Frame(path).read(pixels_alone(bytes, path));
}

}  // namespace karnin
