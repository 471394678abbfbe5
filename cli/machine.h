// The machine, as reports describe it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace karnin::cli {

/// "unknown" where the system doesn't tell.
std::string cpu_name();

/// cpu, isa (the one in use), supported_isas, threads (0 counts as all).
nlohmann::ordered_json machine_json(int threads);

}  // namespace karnin::cli
