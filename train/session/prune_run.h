// One pruning of a model file: what goes, what becomes of the rest, and the file that is left.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "formats/data/dataset.h"
#include "train/loop/trainer.h"
#include "train/masks/pruner.h"
#include "train/pruning/shrink.h"
#include "train/session/calibrated_pruning.h"
#include "train/session/results.h"
#include "train/session/value_choice.h"
#include "train/session/watcher.h"

namespace karnin {

struct PruneRunOptions : ResultOptions {
  std::string model;  ///< the file to prune
  bool shrink = false;
  bool keep_sensitivities = false;
  std::int64_t score_images = 1000;  ///< that are looked at for gradient scores
  int threads = 0;                   ///< of calibration
  ValueOptions values;
};

/// What one run did.
struct PruneResult {
  std::string model;          ///< the file that was pruned
  std::filesystem::path out;  ///< and what it was pruned into
  PruneReport report;
  std::int64_t calibration_images = 0;  ///< by which the kept weights were fitted
  std::optional<SparsityReport> found;  ///< by a search
  std::optional<ShrinkReport> shrunk;
  ValueReport values;
  std::int64_t bytes_before = 0;
  std::int64_t bytes_after = 0;
  std::string data;                ///< empty: not tested
  std::optional<double> accuracy;  ///< of the test images
  bool interrupted = false;
};

/// Its steps, in order.
class PruneRun {
 public:
  /// Reads the model, and takes the file that it goes to. Throws FileError, and
  /// ArgumentError where sensitivities would be lost or what is there may not be replaced.
  PruneRun(PruneRunOptions options, Watcher watcher);
  PruneRun(const PruneRun&) = delete;
  PruneRun& operator=(const PruneRun&) = delete;

  const Model& model() const { return model_; }

  /// Prunes. Gradient scores, training on (`tuning` has epochs then) and a choice of values need a
  /// data set that fits the model; with one, the result is tested. Scores of what layers read need
  /// calibration; with it, the kept weights are fitted. `searches`: the values' maximum drop
  /// decides the sparsity too, by images of the data set that are held out from both. Throws what
  /// prune() and refit() throw.
  void prune(const PruneOptions& pruning, std::optional<Dataset> dataset,
             const std::optional<CalibrationSource>& calibration = std::nullopt,
             bool searches = false);
  /// Trains on what is left if `tuning` has epochs, chooses values, and writes the file. From here
  /// on there is something to lose: an interruption leaves out what takes long. Throws what Trainer
  /// throws, and OutputError.
  void finish(const TrainOptions& tuning);
  /// On the test images, unless there are none or it was interrupted.
  void test(int threads);

  const PruneResult& result() const { return result_; }
  const OutputFiles& files() const { return files_; }

 private:
  void prune_by(const PruneOptions& pruning, const CalibrationSource& source, bool searches);
  void fine_tune(const TrainOptions& options);
  void choose_values(const TrainOptions& tuning);

  PruneRunOptions options_;
  Watcher watcher_;
  Model model_;
  OutputFiles files_;
  std::optional<Dataset> dataset_;
  PruneResult result_;
};

}  // namespace karnin
