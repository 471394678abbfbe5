// A picture as a network takes it: planes of one size, grey or in three colours.
#pragma once

#include <cstdint>
#include <span>

#include "formats/images/image.h"
#include "runtime/core/extent.h"

namespace karnin {

/// Writes c x h x w bytes to dst. The picture is made as small (or large) as the extent allows
/// without leaving any of it bare, sides in proportion, and what hangs over is cut off evenly. One
/// channel of a colour picture is its luma (ITU-R BT.601); three of a grey one are alike. extent.c
/// is 1 or 3. A picture of that size keeps its bytes.
void write_planes(const Image& image, const Extent& extent, std::span<std::uint8_t> dst);

}  // namespace karnin
