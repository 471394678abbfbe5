#include "runtime/graph/ops/activation.h"

#include <cmath>

namespace karnin {

Extent Activation::dst(Extents srcs) const {
  if (kind == ActivationKind::clip)
    require_shape(alpha <= beta, "clip: the least value must not exceed the largest");
  else
    require_shape(std::isfinite(alpha) && std::isfinite(beta), "alpha and beta must be finite");
  return only_input(srcs);
}

bool Activation::keeps_zero() const {
  if (kind == ActivationKind::clip) return alpha <= 0 && beta >= 0;
  return kind != ActivationKind::sigmoid && kind != ActivationKind::hard_sigmoid;
}

}  // namespace karnin
