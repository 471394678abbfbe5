// Activations that are left out at random in training.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// Inverted dropout: active in training only, kept activations scaled by 1 / (1 - rate).
struct Dropout {
  float rate = 0.5F;

  Extent dst(Extents srcs) const {
    require_shape(rate >= 0.0F && rate < 1.0F, "dropout rate must be in [0, 1)");
    return only_input(srcs);
  }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() { return {.elementwise = true, .keeps_units = true}; }
  bool operator==(const Dropout&) const = default;
};

}  // namespace karnin
