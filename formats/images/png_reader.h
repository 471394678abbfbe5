// PNG, by libpng.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "formats/images/image.h"

namespace karnin {

/// Grey pictures stay grey, all others become RGB: palettes are looked up, 16 bits become 8, and
/// transparency is left out, what is under it counts. Gamma and colour spaces that the file tells
/// change nothing, as with Pillow and OpenCV. Checks every chunk's CRC up to the end. Throws
/// FileError, with `path` in it, for anything unsound and for more than kMaxImagePixels.
Image decode_png(std::span<const std::uint8_t> bytes, const std::string& path);

}  // namespace karnin
