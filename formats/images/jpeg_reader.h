// JPEG, by libjpeg-turbo.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "formats/images/image.h"

namespace karnin {

/// Grey pictures stay grey, all others become RGB, CMYK too; what EXIF says of turning is not
/// followed. A file that is cut off or damaged is refused, where libjpeg would go on with grey.
/// Throws FileError, with `path` in it, for anything unsound and for more than kMaxImagePixels.
Image decode_jpeg(std::span<const std::uint8_t> bytes, const std::string& path);

}  // namespace karnin
