// Functions of one number, besides ReLU.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

enum class ActivationKind {
  leaky_relu,    ///< x, below 0 alpha x
  clip,          ///< x, but at least alpha and at most beta; either may be infinite
  sigmoid,       ///< 1 / (1 + exp(-x))
  tanh,          ///< tanh(x)
  hard_sigmoid,  ///< alpha x + beta, but at least 0 and at most 1
  hard_swish,    ///< x (x / 6 + 1/2), the factor at least 0 and at most 1
  elu            ///< x, below 0 alpha (exp(x) - 1)
};

struct Activation {
  ActivationKind kind = ActivationKind::clip;
  float alpha = 0, beta = 0;

  Extent dst(Extents srcs) const;
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() { return {.elementwise = true}; }
  /// Whether it gives 0 for 0, as layouts want it whose channels are padded with zeros.
  bool keeps_zero() const;
  bool operator==(const Activation&) const = default;
};

}  // namespace karnin
