// max(x, 0).
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

struct Relu {
  static Extent dst(Extents srcs) { return only_input(srcs); }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() {
    return {.elementwise = true, .monotone = true, .keeps_units = true};
  }
  bool operator==(const Relu&) const = default;
};

}  // namespace karnin
