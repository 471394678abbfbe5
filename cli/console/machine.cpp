#include "cli/console/machine.h"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>

#include "cli/console/openmp_binding.h"
#include "cli/console/usable_cpus.h"
#include "runtime/core/cpu_isa.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

/// As /proc/cpuinfo names it; "unknown" where it doesn't.
std::string cpu_name() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);)
    if (line.starts_with("model name"))
      return line.substr(std::min(line.size(), line.find(':') + 2));
  return "unknown";
}

}  // namespace

std::string machine_name(int threads) {
  return fmt::format("{}, {}, {} thread{}", cpu_name(), to_string(active_isa()), threads,
                     threads == 1 ? "" : "s");
}

Json machine_json(int threads) {
  auto isas = Json::array();
  for (const Isa isa : supported_isas()) isas.push_back(to_string(isa));
  const UsableCpus cpus = usable_cpus();
  Json quota = cpus.quota ? Json(*cpus.quota) : Json();
  return {{"cpu", cpu_name()},
          {"isa", to_string(active_isa())},
          {"supported_isas", std::move(isas)},
          {"threads", threads},
          {"threads_from", cpus.reason(threads)},
          {"cpus", cpus.online},
          {"allowed_cpus", cpus.allowed},
          {"cpu_quota", std::move(quota)},
          {"refused_bindings", refused_bindings()}};
}

double peak_memory_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace karnin::cli
