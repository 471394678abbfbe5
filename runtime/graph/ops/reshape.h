// The same numbers in another extent.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// In C, H, W order.
struct Reshape {
  Extent extent;

  Extent dst(Extents srcs) const {
    const Extent& src = only_input(srcs);
    require_shape(extent.size() == src.size(), "expected as many elements as in " + to_string(src) +
                                                   ", got " + to_string(extent));
    return extent;
  }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() { return {}; }
  bool operator==(const Reshape&) const = default;
};

}  // namespace karnin
