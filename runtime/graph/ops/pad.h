// A border around an image, or an image without its border.
#pragma once

#include <algorithm>
#include <cmath>

#include "runtime/graph/limits.h"
#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// All of one number. A side below 0 cuts off so many positions.
struct Pad {
  Padding h = 0, w = 0;
  float value = 0;

  Extent dst(Extents srcs) const {
    for (const std::int64_t side : {h.l, h.r, w.l, w.r})
      require_shape(side >= -kMaxDim && side <= kMaxDim, "padding must be in -2^20..2^20");
    require_shape(std::isfinite(value), "the value must be finite");
    const Extent& src = only_input(srcs);
    require_shape(kept(src.h, h) >= 1 && kept(src.w, w) >= 1, "something must be left");
    return {src.c, src.h + h.l + h.r, src.w + w.l + w.r};
  }
  /// How many positions of an axis of this length aren't cut off.
  static constexpr std::int64_t kept(std::int64_t length, const Padding& side) {
    return length + std::min<std::int64_t>(side.l, 0) + std::min<std::int64_t>(side.r, 0);
  }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() { return {}; }
  bool operator==(const Pad&) const = default;
};

}  // namespace karnin
