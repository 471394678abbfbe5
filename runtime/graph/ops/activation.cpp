#include "runtime/graph/ops/activation.h"

#include <cmath>
#include <limits>

namespace karnin {

Extent Activation::dst(Extents srcs) const {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (kind == ActivationKind::clip)
    require_shape(alpha <= beta && alpha < kInfinity && beta > -kInfinity,
                  "clip: the least value must not exceed the largest, nor be infinite");
  else
    require_shape(std::isfinite(alpha) && std::isfinite(beta), "alpha and beta must be finite");
  return only_input(srcs);
}

bool Activation::keeps_zero() const {
  if (kind == ActivationKind::clip) return alpha <= 0 && beta >= 0;
  return kind != ActivationKind::sigmoid && kind != ActivationKind::hard_sigmoid;
}

}  // namespace karnin
