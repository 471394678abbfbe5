#include "cli/machine.h"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>

#include "runtime/core/cpu_isa.h"
#include "runtime/core/parallel.h"

namespace karnin::cli {
namespace {

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
  const int count = Arena(threads).threads();
  return fmt::format("{}, {}, {} thread{}", cpu_name(), to_string(active_isa()), count,
                     count == 1 ? "" : "s");
}

nlohmann::ordered_json machine_json(int threads) {
  auto isas = nlohmann::ordered_json::array();
  for (const Isa isa : supported_isas()) isas.push_back(to_string(isa));
  return {{"cpu", cpu_name()},
          {"isa", to_string(active_isa())},
          {"supported_isas", std::move(isas)},
          {"threads", Arena(threads).threads()}};
}

double peak_memory_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace karnin::cli
