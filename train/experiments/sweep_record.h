// What a sweep has found so far, in DIR/sweep.json and DIR/sweep.csv: whole points only. The first
// is what `sweep --resume` goes on from.
#pragma once

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "formats/data/dataset.h"
#include "train/experiments/sweep.h"
#include "train/loop/trainer.h"
#include "train/session/output_files.h"

namespace karnin {

/// What makes the points of a sweep, besides its options.
struct SweepMeans {
  TrainOptions tuning;               ///< of every pruned network; no epochs: none
  std::int64_t score_images = 1000;  ///< that are looked at for gradient scores
};

/// What a resumed sweep must have in common with the one that it goes on with: all that decides
/// what its points find. Files count by what they hold.
nlohmann::ordered_json sweep_identity(const std::vector<Model>& models, const Dataset& dataset,
                                      const SweepOptions& options, const SweepMeans& means);

class SweepRecord {
 public:
  /// Nothing is found yet. `identity` is sweep_identity(); `models` are the names of the
  /// models, unless restore() finds others for them. Keeps references to options and files.
  SweepRecord(const std::filesystem::path& directory, nlohmann::ordered_json identity,
              std::vector<std::string> models, const SweepOptions& options, OutputFiles& files);

  const std::filesystem::path& state_file() const { return state_file_; }
  std::filesystem::path csv_file() const { return files_.place_of(csv_file_); }

  /// Takes up what sweep.json holds. False if there is none. Throws ArgumentError for that of
  /// another sweep, FileError for one that is unsound.
  bool restore(const Watcher& watcher);

  /// Of one model; to be filled.
  SweepOutcomes& outcomes(std::size_t model) { return outcomes_[model]; }
  std::size_t found() const;   ///< points of all models
  std::size_t points() const;  ///< of all models, found or not
  /// By model, in order; those of which nothing was found are left out.
  std::vector<ModelSweep> sweeps() const;

  /// Writes both files anew. Throws OutputError.
  void save();
  /// save(), unless the last one was less than `pause` ago.
  void save_after(std::chrono::milliseconds pause);

 private:
  nlohmann::ordered_json to_json() const;

  std::filesystem::path state_file_;
  std::filesystem::path csv_file_;
  nlohmann::ordered_json identity_;
  std::vector<std::string> models_;
  const SweepOptions& options_;
  OutputFiles& files_;
  std::vector<SweepOutcomes> outcomes_;
  std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
};

}  // namespace karnin
