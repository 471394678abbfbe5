// What a race decided, as bench tells it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/engine/plan.h"

namespace karnin::cli {

/// {"domains": ..., "shard": images, "timings": [{"domains", "microseconds"}]}
nlohmann::ordered_json plan_json(const Plan& plan);

/// One line: where it runs, and what each rival took for a shard.
std::string plan_line(const Plan& plan);

}  // namespace karnin::cli
