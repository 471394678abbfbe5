// A training in progress: everything that has a state, and everybody who watches.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "train/session/checkpointing.h"
#include "train/session/curves.h"
#include "train/session/epochs.h"

namespace karnin {

/// How a run is kept an eye on, and saved.
struct WatchOptions {
  double validation = 0;            ///< share of the training images held out; 0: none
  std::int64_t early_stop = 0;      ///< patience in epochs; 0: none
  bool held_out_gradients = false;  ///< of these images, for the sensitivities
  CheckpointInterval checkpoint_every;
  bool resume = false;
  std::filesystem::path tensorboard;  ///< empty: nowhere
};

/// What a training works on; outlives it.
struct Task {
  Model& model;
  const ImageSet& images;
  const std::optional<ImageSet>& held_out;  ///< of the training images
};

/// What becomes of the weights between steps.
struct WeightRules {
  std::optional<TrainingPruning> pruning;
  std::optional<PruningSearchOptions> search;  ///< decides how far, in place of the schedule
  double average = 0;  ///< decay of their average, which the run then leaves; 0: none
};

class TrainingSession {
 public:
  /// Keeps references, to the watcher too. `checkpoint` is the one of `files` to save to,
  /// `identity` says which run this is (see identity.h). Throws what Trainer throws.
  TrainingSession(const Task& task, const TrainOptions& options, const WeightRules& rules,
                  const WatchOptions& watch, const std::filesystem::path& checkpoint,
                  const nlohmann::ordered_json& identity, OutputFiles& files,
                  const Watcher& watcher);

  /// First of all, on the checkpoint's model, if at all.
  void resume(const Checkpoint& from) { checkpointing_.restore(from, watcher_); }

  /// Leaves the model with the weights that are to be saved and their sensitivities. True if the
  /// watcher ended it. Throws Error, saying where the last good weights are, for a run that
  /// diverged.
  bool run();

  /// When all that the run leaves has been written.
  void remove_checkpoint() const { checkpointing_.remove(); }

  const TrainingLog& log() const { return log_; }
  /// The epoch whose weights the model has after run(); 0: the last one.
  std::int64_t best_epoch() const { return early_stop_.best().epoch; }

 private:
  Model averaged() const;
  bool search_on(double accuracy, const Model& averaged);
  void on_step(const StepReport& step, bool last);
  bool on_epoch(EpochRecord& epoch);
  [[noreturn]] void fail(const Error& error) const;

  Task task_;
  TrainOptions options_;
  WatchOptions watch_;
  const Watcher& watcher_;
  TrainingLog log_;
  SensitivityRecorder recorder_;
  Trainer trainer_;
  std::optional<TrainingPruner> pruner_;
  std::optional<PruningSearch> search_;
  std::optional<WeightAverage> average_;
  EarlyStop early_stop_;
  Checkpointing checkpointing_;
  Curves curves_;
};

}  // namespace karnin
