// The file that lets `train` go on after an interruption: DIR/checkpoint.bin, written every so
// often and removed at the end.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "formats/model/checkpoint_file.h"
#include "train/loop/early_stop.h"
#include "train/loop/weight_average.h"
#include "train/pruning/pruning_search.h"
#include "train/pruning/recorder.h"
#include "train/pruning/training_pruner.h"
#include "train/session/output_files.h"
#include "train/session/training_log.h"
#include "train/session/watcher.h"

namespace karnin {

/// How often a run is saved; count 0: only when it is interrupted.
struct CheckpointInterval {
  std::int64_t count = 1;
  bool epochs = true;  ///< not steps

  bool due(const StepReport& step) const;
};

/// The checkpoint in `file`, if there is one. Throws FileError for one that is unsound.
std::optional<Checkpoint> find_checkpoint(const std::filesystem::path& file);

/// Everything that has a state, besides the model.
struct RunningParts {
  Trainer& trainer;
  SensitivityRecorder& recorder;
  std::optional<TrainingPruner>& pruner;
  std::optional<PruningSearch>& search;
  std::optional<WeightAverage>& average;
  EarlyStop& early_stop;
  TrainingLog& log;
};

/// Saves one run, and takes it up again.
class Checkpointing {
 public:
  /// Keeps references. `identity` goes into the file, and is what a resumed run is compared with.
  Checkpointing(std::filesystem::path file, OutputFiles& files,
                const nlohmann::ordered_json& identity, const Model& model,
                const RunningParts& parts);

  /// Between two steps. Throws OutputError, the file that was there then still being there.
  void save();
  /// Where that is.
  std::filesystem::path file() const { return files_.place_of(file_); }
  /// Whether the file is this run's.
  bool saved() const { return saved_; }
  /// Before the first step, on the checkpoint's model. Throws FileError for numbers that can't be.
  void restore(const Checkpoint& checkpoint, const Watcher& watcher);
  /// When the run is done.
  void remove() const { files_.remove(file_); }

 private:
  std::filesystem::path file_;
  OutputFiles& files_;
  std::string identity_;
  const Model& model_;
  RunningParts parts_;
  bool saved_ = false;
};

}  // namespace karnin
