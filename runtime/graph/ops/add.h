// The sum of two values of one extent.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

struct Add {
  static Extent dst(Extents srcs) {
    require_shape(srcs.size() == 2, "expected two inputs, got " + std::to_string(srcs.size()));
    require_shape(srcs[0] == srcs[1], "expected inputs of one size, got " + to_string(srcs[0]) +
                                          " and " + to_string(srcs[1]));
    return srcs[0];
  }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() { return {.elementwise = true, .monotone = true}; }
  bool operator==(const Add&) const = default;
};

}  // namespace karnin
