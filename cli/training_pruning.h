// The options of `train` that prune while it trains.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "train/training_pruner.h"

namespace karnin::cli {

struct TrainingPruningOptions {
  TrainingPruning pruning;  ///< no layers: the default ones
};

/// --sparsity asks for it; all others need that.
void add_training_pruning_options(CLI::App& verb, TrainingPruningOptions& options);

/// Nothing unless it was asked for.
std::optional<TrainingPruning> resolve(const TrainingPruningOptions& options,
                                       const Architecture& architecture);

nlohmann::ordered_json to_json(const TrainingPruning& pruning);

}  // namespace karnin::cli
