// Probabilities out of logits.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// exp(x[c]) / sum of exp(x), or the logarithm of that, over the channels of every position.
struct Softmax {
  bool log = false;

  static Extent dst(Extents srcs) { return only_input(srcs); }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() { return {}; }
  bool operator==(const Softmax&) const = default;
};

}  // namespace karnin
