// What `prune` says of what it did.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "train/masks/pruner.h"
#include "train/session/prune_run.h"

namespace karnin::cli {

nlohmann::ordered_json to_json(const std::vector<PruneReport::LayerCount>& layers);

nlohmann::ordered_json result_json(const PruneResult& result);

/// Tables and lines, for a reader.
std::string prune_text(const PruneResult& result);

}  // namespace karnin::cli
