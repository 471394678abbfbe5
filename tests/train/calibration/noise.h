// Images that look like nothing, without classes.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/data/image_set.h"
#include "tests/support/fill.h"

namespace karnin::test {

/// Values of [-1, 1).
inline ImageSet noise(const Extent& extent, std::int64_t count) {
  ImageSet set{extent, {}, std::vector<std::uint8_t>(static_cast<std::size_t>(count)), {}};
  set.values = uniforms(count * extent.size(), 9);
  return set;
}

}  // namespace karnin::test
