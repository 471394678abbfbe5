// Zeros around images, for networks that expect larger ones.
#pragma once

#include <cstdint>

#include "formats/data/dataset.h"

namespace karnin {

/// On each side of every plane; both sizes of the images grow by twice `border`.
void add_border(ImageSet& set, std::int64_t border);

/// The inverse, in place, whatever the border holds; it is narrower than half an image.
void remove_border(ImageSet& set, std::int64_t border);

}  // namespace karnin
