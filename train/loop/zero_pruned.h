// What every mask means for the weights under it.
#pragma once

#include "runtime/core/model.h"

namespace karnin {

inline void zero_pruned(Parameter& parameter) {
  for (std::size_t i = 0; i < parameter.mask.size(); ++i)
    if (parameter.mask[i] == 0) parameter.value.data()[i] = 0;
}

}  // namespace karnin
