// A run that is over, as its directory tells it: --resume finds nothing left to do.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "runtime/graph/model.h"
#include "train/session/training_log.h"

namespace karnin {

/// What a run ran with. Its "run" is the run's identity (identity.h), "finished" whether it
/// came to its end.
inline constexpr const char* kArgumentsFile = "arguments.json";

/// That file as an object, empty if it is not there or unsound. Throws FileError where it can't be
/// read.
nlohmann::ordered_json saved_arguments(const std::filesystem::path& directory);

struct FinishedRun {
  std::string identity;  ///< which run it was, as JSON (identity.h)
  Model model;
  Model pruned;
  TrainingLog log;  ///< as exact as train.csv has it, and without speeds
  std::int64_t best_epoch = 0;
};

/// Nothing unless a run has ended in this directory and left all its files there. Throws FileError
/// for unsound files.
std::optional<FinishedRun> find_finished_run(const std::filesystem::path& directory);

}  // namespace karnin
