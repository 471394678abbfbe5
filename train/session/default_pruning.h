// What is pruned unless somebody says otherwise, and what there is to be told of it.
#pragma once

#include <string>
#include <vector>

#include "train/masks/default_layers.h"
#include "train/masks/pruner.h"
#include "train/session/watcher.h"

namespace karnin {

inline constexpr double kDefaultSparsity = 0.5;

/// What `train` leaves beside its model, and `prune` does unless told otherwise.
PruneOptions default_pruning(const Graph& graph);

/// A word for every group of layers of which more is pruned than is asked for: it stays.
void tell_pruned_beyond(const Model& model, const PruneOptions& options, const Watcher& watcher);

}  // namespace karnin
