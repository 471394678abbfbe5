// The options of `train` that prune while it trains.
#pragma once

#include <optional>

#include "cli/options/verb.h"
#include "train/pruning/pruning_search.h"
#include "train/pruning/training_pruner.h"

namespace karnin::cli {

struct TrainingPruningOptions {
  TrainingPruning pruning;                  ///< no layers: the default ones
  std::optional<double> sparsity;           ///< of the end
  std::optional<double> max_accuracy_drop;  ///< in points
  PruningSearchOptions search;

  bool asked_for() const { return sparsity || max_accuracy_drop; }
};

/// --sparsity or --max-accuracy-drop asks for it.
void add_training_pruning_options(Verb& verb, TrainingPruningOptions& options);

/// Nothing unless it was asked for.
std::optional<TrainingPruning> resolve(const TrainingPruningOptions& options, const Graph& graph);

/// Nothing unless the accuracy decides.
std::optional<PruningSearchOptions> search_of(const TrainingPruningOptions& options);

}  // namespace karnin::cli
