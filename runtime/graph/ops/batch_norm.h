// Batch normalisation.
#pragma once

#include <cmath>
#include <cstdint>

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// scale[c] (x - mean[c]) / sqrt(variance[c] + epsilon) + shift[c] (Ioffe & Szegedy 2015). Mean and
/// variance are what training measures, of so many images at a time as a ghost batch has (Hoffer,
/// Hubara & Soudry 2017), however many a batch has.
struct BatchNorm {
  float epsilon = 1e-5F;
  std::int64_t ghost_batch = 32;

  /// A vector's lanes, if they hold images, then hold those of one ghost batch.
  static constexpr std::int64_t kGhostStep = 16;

  Extent dst(Extents srcs) const {
    require_shape(epsilon >= 0 && std::isfinite(epsilon), "epsilon must be 0 or more");
    require_shape(ghost_batch > 0 && ghost_batch % kGhostStep == 0,
                  "ghost_batch must be a multiple of 16");
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
