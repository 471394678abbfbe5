// The channels of several values, one after the other.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

struct Concat {
  static Extent dst(Extents srcs) {
    require_shape(!srcs.empty(), "expected one input or more");
    Extent sum = srcs.front();
    for (const Extent& src : srcs.subspan(1)) {
      require_shape(src.h == sum.h && src.w == sum.w,
                    "expected inputs of one height and width, got " + to_string(srcs.front()) +
                        " and " + to_string(src));
      sum.c += src.c;
    }
    return sum;
  }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() { return {}; }
  bool operator==(const Concat&) const = default;
};

}  // namespace karnin
