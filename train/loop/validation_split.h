// Images held out of the training set: to say when to stop, and which weights to keep, without a
// look at the test set.
#pragma once

#include <cstdint>

#include "formats/data/dataset.h"

namespace karnin {

/// Takes round(share x images) images out of `images`, at least one, and returns them; both sets
/// keep the order. Which ones is a function of (seed, image), so that a resumed run holds out the
/// same. Throws ArgumentError unless 0 < share < 1 and at least one image is left.
ImageSet hold_out(ImageSet& images, double share, std::uint64_t seed);

}  // namespace karnin
