// All weights of a model in one row, parameter after parameter: what a run may go back to.
#pragma once

#include <span>
#include <vector>

#include "runtime/core/model.h"

namespace karnin {

std::vector<float> all_weights(const Model& model);

/// Masks stay as they are. `weights` are those of a model of the same shapes.
void put_back(std::span<const float> weights, Model& model);

}  // namespace karnin
