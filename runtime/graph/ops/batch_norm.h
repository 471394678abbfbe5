// Batch normalisation.
#pragma once

#include <cmath>

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// scale[c] (x - mean[c]) / sqrt(variance[c] + epsilon) + shift[c] (Ioffe & Szegedy 2015). Mean and
/// variance are what whoever trained the network measured; training here leaves them as they are
/// and learns scale and shift.
struct BatchNorm {
  float epsilon = 1e-5F;

  Extent dst(Extents srcs) const {
    require_shape(epsilon >= 0 && std::isfinite(epsilon), "epsilon must be 0 or more");
    return only_input(srcs);
  }
  static std::vector<ParameterShape> parameters(Extents srcs) {
    const std::int64_t c = only_input(srcs).c;
    return {{Role::scale, {c}}, {Role::shift, {c}}, {Role::mean, {c}}, {Role::variance, {c}}};
  }
  static constexpr Traits traits() { return {.elementwise = true}; }
  bool operator==(const BatchNorm&) const = default;
};

}  // namespace karnin
