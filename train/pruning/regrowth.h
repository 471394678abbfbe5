// Bringing pruned weights back.
#pragma once

#include <vector>

#include "runtime/graph/model.h"
#include "train/masks/pruner.h"

namespace karnin {

/// Keeps pruned weights again, with value 0, until no more than `sparsity` of each group of the
/// options (pruner.h) is pruned: those with the largest |gradients[parameter][index]|, of equal
/// ones the first.
void regrow(Model& model, const PruneOptions& options, double sparsity,
            const std::vector<std::vector<double>>& gradients);

}  // namespace karnin
