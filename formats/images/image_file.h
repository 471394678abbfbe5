// Pictures in files.
#pragma once

#include <filesystem>

#include "formats/images/image.h"

namespace karnin {

/// Whether the name ends in .png, .jpg or .jpeg, in letters of either case.
bool has_image_name(const std::filesystem::path& path);

/// A PNG or a JPEG, whatever its name says. Throws FileError where it cannot be read, is neither,
/// or is unsound (decode_png(), decode_jpeg()).
Image read_image(const std::filesystem::path& path);

}  // namespace karnin
