// The model that `train --model` starts from, and what a resumed run knows it by.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "runtime/graph/model.h"

namespace karnin::cli {

/// Files with a model that a run leaves in --out, and so replaces.
inline constexpr const char* kProducts[] = {"model.bin", "pruned.bin", "checkpoint.bin"};

struct TrainingStart {
  Model model;
  std::string name;    ///< the path as it was spelled, or which product of the run it is
  std::string sha256;  ///< of the model as a file, whatever its path
};

/// What there is of the run that is to go on: it carries the identity of what it started from.
struct SavedRun {
  const char* name;             ///< for messages
  const std::string& identity;  ///< as JSON (checkpointing.h)
  const Model& model;
};

/// A model or a checkpoint. The `saved` run stands for it where the file has gone, or where it was
/// one of the run's own products and has been replaced since. Throws FileError.
TrainingStart read_start(const std::string& file, const std::filesystem::path& out,
                         const std::optional<SavedRun>& saved);

}  // namespace karnin::cli
