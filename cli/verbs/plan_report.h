// What a race decided, as bench tells it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/engine/plan.h"

namespace karnin::cli {

/// {"domains": ..., "shard": images, "timings": [{"domains", "shard", "microseconds"}]}
nlohmann::ordered_json plan_json(const Plan& plan);

/// One line: domains x images of a shard, of what runs and of each rival with its time.
std::string plan_line(const Plan& plan);

}  // namespace karnin::cli
