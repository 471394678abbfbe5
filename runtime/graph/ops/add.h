// The sum of two values of one extent.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

struct Add {
  Extent dst(Extents srcs) const {
    require_shape(srcs.size() == 2, "expected two inputs, got " + std::to_string(srcs.size()));
    require_shape(srcs[0] == srcs[1], "expected inputs of one size, got " + to_string(srcs[0]) +
                                          " and " + to_string(srcs[1]));
    return srcs[0];
  }
  std::vector<ParameterShape> parameters(Extents /*srcs*/) const { return {}; }
  static constexpr Traits traits() { return {.elementwise = true, .monotone = true}; }
  bool operator==(const Add&) const = default;
};

}  // namespace karnin
