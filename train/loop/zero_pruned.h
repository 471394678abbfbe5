// What every mask means for the weights under it.
#pragma once

#include "runtime/graph/model.h"

namespace karnin {

inline void zero_pruned(const Mask& mask, Tensor& weights) {
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask[i] == 0) weights.data()[i] = 0;
}

inline void zero_pruned(Parameter& parameter) { zero_pruned(parameter.mask, parameter.value); }

}  // namespace karnin
