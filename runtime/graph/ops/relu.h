// max(x, 0).
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

struct Relu {
  Extent dst(Extents srcs) const { return only_input(srcs); }
  std::vector<ParameterShape> parameters(Extents /*srcs*/) const { return {}; }
  static constexpr Traits traits() {
    return {.elementwise = true, .monotone = true, .keeps_units = true};
  }
  bool operator==(const Relu&) const = default;
};

}  // namespace karnin
