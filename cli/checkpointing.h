// The file that lets `train` go on after an interruption: DIR/checkpoint.bin, written every so
// often and removed at the end.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "cli/output_files.h"
#include "cli/training_run.h"
#include "formats/data/dataset.h"
#include "formats/model/checkpoint_file.h"
#include "train/loop/early_stop.h"
#include "train/loop/weight_average.h"
#include "train/pruning/pruning_search.h"
#include "train/pruning/recorder.h"
#include "train/pruning/training_pruner.h"

namespace karnin::cli {

/// How often a run is saved; count 0: only when it is interrupted.
struct CheckpointInterval {
  std::int64_t count = 1;
  bool epochs = true;  ///< not steps

  bool due(const StepReport& step) const;
};

/// "500" and "500steps" are steps, "2epochs" (or "1epoch") epochs. Throws ArgumentError.
CheckpointInterval checkpoint_interval_from_string(std::string_view text);

/// What decides the bits of a run besides its options: the images that it learns from, by name and
/// by hash, and the program and the instruction set that compute.
nlohmann::ordered_json run_identity(const Dataset& dataset);

/// Of all pixels, then labels. The networks that `reproduce` keeps carry one of labels, then pixels
/// (train/experiments/network_store.cpp): either order is in files that have to stay as they are.
std::string images_sha256(const ImageSet& images);

/// The checkpoint in `file`, if there is one. Throws FileError for one that is unsound.
std::optional<Checkpoint> find_checkpoint(const std::filesystem::path& file);

/// As it is saved. Names of files need not be UTF-8: what JSON can't hold of one is replaced.
std::string text_of(const nlohmann::ordered_json& json);

/// Every value in which `run`, the identity that was saved, is not `identity`; empty if it is the
/// same. How a file is spelled makes no difference where its digest is the same. Nor does another
/// version or instruction set, which is told: a run can go on with it, but its last bits may be
/// others.
std::string differences(const std::string& run, const nlohmann::ordered_json& identity);

/// What --resume may be told to do instead.
inline constexpr const char* kWaysOut =
    "expected another --out, or --overwrite in place of --resume";

/// Throws ArgumentError, naming all differences and the ways out, if there are any.
void require_same_run(const std::string& run, const nlohmann::ordered_json& identity);

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
  void restore(const Checkpoint& checkpoint);
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

}  // namespace karnin::cli
