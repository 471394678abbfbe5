// A matrix product.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// Flattens its input in C, H, W order. Weights (oc, ic), biases (oc).
struct FullyConnected {
  std::int64_t oc = 0;

  Extent dst(Extents srcs) const {
    only_input(srcs);
    return {oc, 1, 1};
  }
  std::vector<ParameterShape> parameters(Extents srcs) const {
    return weight_and_bias({oc, only_input(srcs).size()});
  }
  static constexpr Traits traits() { return {.trainable = true}; }
  bool operator==(const FullyConnected&) const = default;
};

}  // namespace karnin
