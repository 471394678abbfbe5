// The model that a run starts from, and what a resumed run knows it by.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "formats/data/dataset.h"
#include "formats/model/checkpoint_file.h"
#include "runtime/graph/model.h"
#include "train/session/finished_run.h"
#include "train/session/watcher.h"

namespace karnin {

/// Files with a model that a run leaves in --out, and so replaces.
inline constexpr const char* kProducts[] = {"model.bin", "pruned.bin", "checkpoint.bin"};

/// What there is of the run that is to go on, if anything: one of the two at most. It carries the
/// identity of what it started from (identity.h).
struct FoundRun {
  std::optional<Checkpoint> checkpoint;
  std::optional<FinishedRun> over;
};

/// In a run's directory. Throws FileError for unsound files.
FoundRun find_run(const std::filesystem::path& out);

struct TrainingStart {
  Model model;
  std::string name;    ///< as it was spelled, or which product of the run it is
  std::string sha256;  ///< of the model as a file, whatever its path; "": of fresh weights
};

/// A model or a checkpoint. The run that was found stands for it where the file has gone, or where
/// it was one of the run's own products and has been replaced since. Throws FileError.
TrainingStart read_start(const std::string& file, const std::filesystem::path& out,
                         const FoundRun& found, const Watcher& watcher);

/// Fresh weights of the architecture of this name, or in this file, for these images, which are
/// padded if it asks for that. Throws ArgumentError or FileError.
TrainingStart fresh_start(const std::string& arch, Dataset& dataset, std::uint64_t seed);

}  // namespace karnin
