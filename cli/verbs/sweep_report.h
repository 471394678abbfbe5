// What `sweep` says of the points that it found.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "train/experiments/sweep_record.h"

namespace karnin::cli {

nlohmann::ordered_json sweep_json(const SweepRecord& record, const SweepOptions& options);

/// Tables, or how far an interrupted sweep came.
std::string sweep_text(const Dataset& dataset, const SweepRecord& record,
                       const SweepOptions& options);

}  // namespace karnin::cli
