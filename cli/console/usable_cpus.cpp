#include "cli/console/usable_cpus.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "cli/console/cpu_quota.h"
#include "runtime/core/parallel.h"

namespace karnin::cli {

int UsableCpus::threads() const {
  const double most = std::min(allowed, kMaxThreads);
  return std::max(1, static_cast<int>(std::ceil(std::min(most, quota.value_or(most)))));
}

std::string UsableCpus::reason(int count) const {
  if (count != threads()) return "--threads";
  if (quota && *quota < allowed)
    return fmt::format("cgroup quota of {:.4g} CPU{}", *quota, *quota == 1 ? "" : "s");
  return allowed < online ? "CPU affinity" : "no limit";
}

/// The kernel keeps the mask within the cpuset, so cpuset.cpus.effective has nothing to add.
UsableCpus usable_cpus() {
  return {static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)), hardware_threads(), cpu_quota()};
}

}  // namespace karnin::cli
