// A border around an image.
#pragma once

#include <cmath>

#include "runtime/graph/limits.h"
#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// All of one number.
struct Pad {
  Padding h = 0, w = 0;
  float value = 0;

  Extent dst(Extents srcs) const {
    for (const std::int64_t side : {h.l, h.r, w.l, w.r})
      require_shape(side >= 0 && side <= kMaxDim, "padding must be in 0..2^20");
    require_shape(std::isfinite(value), "the value must be finite");
    const Extent& src = only_input(srcs);
    return {src.c, src.h + h.l + h.r, src.w + w.l + w.r};
  }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() { return {}; }
  bool operator==(const Pad&) const = default;
};

}  // namespace karnin
