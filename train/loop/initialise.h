// Where training starts from.
#pragma once

#include <cstdint>

#include "runtime/graph/model.h"

namespace karnin {

/// Fan-in uniform weights, U(-1/sqrt(fan_in), 1/sqrt(fan_in)), biases too (LeCun 1998's rule as
/// PyTorch draws it), from one seed; the same on every platform. Scales and variances 1, shifts and
/// means 0, slopes 1/4 (He 2015). Pruned weights stay 0.
void initialise(Model& model, std::uint64_t seed);

}  // namespace karnin
