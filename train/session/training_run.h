// A whole run of training, from what its directory holds to the files that it leaves there.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "train/session/run_options.h"
#include "train/session/training_start.h"

namespace karnin {

/// What a run leaves.
struct RunResult {
  Model model;
  Model pruned;
  TrainingLog log;
  std::int64_t best_epoch = 0;  ///< whose weights the model has; 0: the last one
  bool interrupted = false;
  std::optional<double>
      accuracy;  ///< of the test images, unless there are none or the run was interrupted
  std::optional<double> pruned_accuracy;
};

/// Before anything is read: throws ArgumentError where the run would replace what it may not, or
/// its own teacher; OutputError where another process works in its directory.
void require_free_directory(const RunOptions& options);

/// One run. Resumed, or interrupted and resumed, it ends in the same bytes.
class TrainingRun {
 public:
  /// Takes the directory, and goes on from what was found there: pass nothing where nothing is to
  /// be resumed. The data set fits the model. Throws ArgumentError, naming the
  /// ways out, for what is there of another run; what Trainer and take_directory() throw.
  TrainingRun(RunOptions options, FoundRun found, TrainingStart from, Dataset dataset,
              Watcher watcher);
  TrainingRun(const TrainingRun&) = delete;
  TrainingRun& operator=(const TrainingRun&) = delete;

  /// Whether nothing was left to train.
  bool is_over() const { return !session_; }
  /// Trains, tests and saves; what is over is only tested. Once. Throws DivergedError,
  /// NonFiniteError and OutputError.
  void complete();

  const RunResult& result() const { return result_; }
  const Dataset& dataset() const { return dataset_; }
  const OutputFiles& files() const { return files_; }

 private:
  void take_finished(FinishedRun over);
  void prepare(const std::optional<Checkpoint>& checkpoint);
  void tell_start(bool resumed) const;
  void tell_excess() const;
  void train();
  void note();
  void test();
  void save();

  RunOptions options_;
  Dataset dataset_;
  std::optional<ImageSet> held_out_;  ///< of the training images
  Watcher watcher_;
  nlohmann::ordered_json identity_;
  RunResult result_;
  OutputFiles files_;
  std::optional<TrainingSession> session_;
};

}  // namespace karnin
