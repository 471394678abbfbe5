// Pruning whose kept weights make up for those that went.
#pragma once

#include <string>

#include "runtime/graph/model.h"
#include "train/calibration/calibration.h"
#include "train/masks/pruner.h"

namespace karnin {

/// Prunes the model and fits what is left to what it was, with a note of both in its provenance;
/// `data` names the data set that the images are of, or is empty. Where the method needs scores of
/// what layers read, the model has them (surgeon_scores.h). Throws as prune() and refit() do.
PruneReport prune_and_fit(Model& model, const PruneOptions& options, const Calibration& calibration,
                          const std::string& data);

}  // namespace karnin
