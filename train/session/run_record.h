// What is noted of a run of training, in its files and for --resume: all that decides its weights.
#pragma once

#include <nlohmann/json.hpp>

#include "train/session/run_options.h"
#include "train/session/training_start.h"

namespace karnin {

/// What a resumed run must have in common with the one that it goes on with. Files are what their
/// digests are, whatever their paths (identity.h).
nlohmann::ordered_json identity_of(const RunOptions& options, const TrainingStart& from,
                                   const Dataset& dataset);

/// Of the model that the run leaves (provenance.h).
nlohmann::ordered_json history_entry(const RunOptions& options, const Dataset& dataset);

/// For arguments.json (finished_run.h), but for how the run ended.
nlohmann::ordered_json arguments(const RunOptions& options, const Dataset& dataset);

}  // namespace karnin
