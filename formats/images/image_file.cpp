#include "formats/images/image_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "formats/images/jpeg_reader.h"
#include "formats/images/png_reader.h"
#include "formats/io/atomic_file.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

/// Four bytes a pixel of the largest picture, and some that describe it.
constexpr std::uint64_t kMaxImageBytes = (std::uint64_t{kMaxImagePixels} << 2) + (1U << 24);

constexpr std::array<std::uint8_t, 8> kPng{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
constexpr std::array<std::uint8_t, 3> kJpeg{0xFF, 0xD8, 0xFF};

template <typename Signature>
bool begins_with(std::span<const std::uint8_t> bytes, const Signature& signature) {
  return bytes.size() >= signature.size() &&
         std::ranges::equal(bytes.first(signature.size()), signature);
}

}  // namespace

bool has_image_name(const std::filesystem::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

Image read_image(const std::filesystem::path& path) {
  const std::vector<std::uint8_t> bytes = read_file(path, kMaxImageBytes);
  if (begins_with(bytes, kPng)) return decode_png(bytes, path.string());
  if (begins_with(bytes, kJpeg)) return decode_jpeg(bytes, path.string());
  throw FileError(path.string(), 0, "expected a PNG or a JPEG image, got something else");
}

}  // namespace karnin
