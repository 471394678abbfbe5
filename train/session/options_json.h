// Options that decide the weights, as files remember them: threads and the like do not.
#pragma once

#include <nlohmann/json.hpp>

#include "train/loop/trainer.h"
#include "train/pruning/pruning_search.h"
#include "train/pruning/training_pruner.h"

namespace karnin {

/// Of a teacher only how it counts: whose file it is, the caller knows.
nlohmann::ordered_json to_json(const TrainOptions& options);
nlohmann::ordered_json to_json(const TrainingPruning& pruning);
nlohmann::ordered_json to_json(const PruningSearchOptions& search);

}  // namespace karnin
