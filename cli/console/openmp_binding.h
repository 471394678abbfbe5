// OpenMP's settings that hold threads to single CPUs, which must not reach this program's.
#pragma once

#include <string>
#include <vector>

namespace karnin::cli {

/// Names of the environment variables that were set to bind threads to CPUs, and were refused.
std::vector<std::string> refused_bindings();

}  // namespace karnin::cli
