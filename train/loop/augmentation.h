// What happens to an image between disk and network: normalisation always, flips and shifts in
// training.
#pragma once

#include <cstdint>
#include <span>

#include "formats/data/image_set.h"
#include "runtime/graph/model.h"

namespace karnin {

struct AugmentationOptions {
  bool flip = false;       ///< mirror left-right with probability 1/2
  std::int64_t shift = 0;  ///< crop moved by up to this many pixels each way, edges reflected
};

/// Throws ArgumentError unless 0 <= shift < h and w: a reflection needs a pixel to come from.
void validate(const AugmentationOptions& options, const Extent& extent);

/// Writes one image as floats (c x h x w). pixels must hold extent.size() bytes, dst as many
/// floats. Any number of threads.
void load_image(std::span<const std::uint8_t> pixels, const Extent& extent,
                const Preprocess& preprocess, float* dst);

/// The same, flipped and shifted as `draw` decides: a hash of (seed, epoch, image), so that the
/// result does not depend on who loads it, or when. Options must be valid for extent; `scratch` has
/// h x w bytes, for a plane on its way.
void load_image(std::span<const std::uint8_t> pixels, const Extent& extent,
                const Preprocess& preprocess, const AugmentationOptions& options,
                std::uint64_t draw, std::span<std::uint8_t> scratch, float* dst);

/// An image of a set, pixels as above. Floats go in as they are: `preprocess` is for pixels.
void load_image(const ImageSet& set, std::int64_t image, const Preprocess& preprocess, float* dst);
void load_image(const ImageSet& set, std::int64_t image, const Preprocess& preprocess,
                const AugmentationOptions& options, std::uint64_t draw,
                std::span<std::uint8_t> scratch, float* dst);

}  // namespace karnin
