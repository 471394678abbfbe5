// A leaky ReLU whose slope is learnt.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// x, below 0 slope[c] x (He 2015, "Delving deep into rectifiers").
struct PRelu {
  static Extent dst(Extents srcs) { return only_input(srcs); }
  static std::vector<ParameterShape> parameters(Extents srcs) {
    return {{Role::slope, {only_input(srcs).c}}};
  }
  static constexpr Traits traits() { return {.elementwise = true}; }
  bool operator==(const PRelu&) const = default;
};

}  // namespace karnin
