// Where images come in.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// How the pixels of an image lie in the files of whoever made the network. Here they are always
/// channel after channel: a loader reorders those that aren't.
enum class PixelOrder { chw, hwc };

struct Input {
  Extent extent;  ///< c, h, w, whatever the order
  PixelOrder order = PixelOrder::chw;

  Extent dst(Extents srcs) const {
    require_shape(srcs.empty(), "an input reads nothing");
    return extent;
  }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() { return {}; }
  bool operator==(const Input&) const = default;
};

}  // namespace karnin
