// One run of `train`: what was asked for, and what it works on.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/finished_run.h"
#include "cli/result_options.h"
#include "cli/training_options.h"
#include "cli/training_pruning.h"
#include "cli/training_session.h"
#include "cli/verb.h"
#include "cli/watch_options.h"
#include "formats/data/dataset.h"
#include "formats/model/checkpoint_file.h"

namespace karnin::cli {

/// The command line of `train`.
struct TrainVerb : VerbOptions, ResultOptions {
  std::string data;
  std::string arch = "khanal2018";
  std::string model;  ///< to go on from; empty: fresh weights
  TrainingOptions training;
  TrainingPruningOptions pruning;
  double average = 0;
  WatchOptions watch;

  std::filesystem::path checkpoint_file() const { return out / "checkpoint.bin"; }
};

/// Everything that one run works on, in the order in which it comes to be.
struct TrainRun {
  std::optional<Checkpoint> checkpoint;  ///< to go on from
  std::optional<FinishedRun> over;       ///< what --resume finds where nothing is left to do
  Dataset dataset;
  std::optional<ImageSet> held_out;  ///< of the training images
  Model model;
  nlohmann::ordered_json started_from;  ///< its part of the run's identity
  TrainingLog log;
  std::int64_t best_epoch = 0;  ///< whose weights the model has; 0: the last one
  Model pruned;
  bool interrupted = false;
  std::optional<double> accuracy;  ///< of the test images, unless the run was interrupted
  std::optional<double> pruned_accuracy;
};

}  // namespace karnin::cli
