// What `prune` says of what it did.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/value_choice.h"
#include "train/pruning/pruner.h"
#include "train/pruning/shrink.h"

namespace karnin::cli {

/// What one `prune` did.
struct PruneResult {
  std::string model;          ///< the file that was pruned
  std::filesystem::path out;  ///< and what it was pruned into
  PruneReport report;
  std::optional<ShrinkReport> shrunk;
  ValueReport values;
  std::int64_t bytes_before = 0;
  std::int64_t bytes_after = 0;
  std::string data;                ///< empty: not tested
  std::optional<double> accuracy;  ///< of the test images
  bool interrupted = false;
};

nlohmann::ordered_json result_json(const PruneResult& result);

/// Tables and lines, for a reader.
std::string describe(const PruneResult& result);

}  // namespace karnin::cli
