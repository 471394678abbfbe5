// The machine and this process on it, as reports describe them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace karnin::cli {

/// "AMD EPYC ..., avx2, 2 threads"
std::string machine_name(int threads);

/// cpu, isa (the one in use), supported_isas; threads and what that number comes from: cpus of the
/// machine, those allowed to this process, the quota on their time (null without one), and which of
/// OpenMP's bindings to CPUs were refused.
nlohmann::ordered_json machine_json(int threads);

/// The most memory that this process has held so far, in MiB.
double peak_memory_mib();

}  // namespace karnin::cli
