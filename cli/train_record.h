// What is noted of a run of `train`, in its files and for --resume: all that decides its weights.
#pragma once

#include <nlohmann/json.hpp>

#include "cli/train_run.h"

namespace karnin::cli {

/// What becomes of the weights between steps, as the command line has it.
WeightRules rules(const TrainVerb& verb, const Model& model);

/// What a resumed run must have in common with the one that it goes on with. Files are what their
/// digests are, whatever their paths (checkpointing.h).
nlohmann::ordered_json identity(const TrainVerb& verb, const TrainRun& run,
                                const TrainOptions& options);

/// Of the model that the run leaves (provenance.h).
nlohmann::ordered_json history_entry(const TrainVerb& verb, const TrainRun& run,
                                     const TrainOptions& options);

/// For arguments.json (finished_run.h).
nlohmann::ordered_json arguments(const TrainVerb& verb, const TrainRun& run,
                                 const TrainOptions& options,
                                 const nlohmann::ordered_json& identity);

}  // namespace karnin::cli
