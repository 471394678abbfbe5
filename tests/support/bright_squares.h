// An image set that a small network learns in seconds: noise, and one bright square whose place
// tells the class.
#pragma once

#include <cstdint>

#include "formats/data/dataset.h"
#include "runtime/core/counter_rng.h"

namespace karnin::test {

/// `count` images of classes 0, 1, ... in turn. The squares are 3x3 and lie on a grid of four a
/// row, so the extent must be at least 12 wide and 3 * ceil(classes / 4) high.
inline ImageSet bright_squares(const Extent& extent, std::int64_t classes, std::int64_t count,
                               std::uint64_t seed) {
  CounterRng rng(seed);
  ImageSet set;
  set.extent = extent;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t label = i % classes;
    const std::int64_t top = 3 * (label / 4), left = 3 * (label % 4);
    for (std::int64_t c = 0; c < extent.c; ++c)
      for (std::int64_t y = 0; y < extent.h; ++y)
        for (std::int64_t x = 0; x < extent.w; ++x) {
          const bool bright = y >= top && y < top + 3 && x >= left && x < left + 3;
          set.pixels.push_back(static_cast<std::uint8_t>(rng.below(128) + (bright ? 128 : 0)));
        }
    set.labels.push_back(static_cast<std::uint8_t>(label));
  }
  return set;
}

}  // namespace karnin::test
