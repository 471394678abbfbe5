#include "cli/machine.h"

#include <algorithm>
#include <fstream>

#include "runtime/core/cpu_isa.h"
#include "runtime/core/parallel.h"

namespace karnin::cli {

std::string cpu_name() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);)
    if (line.starts_with("model name"))
      return line.substr(std::min(line.size(), line.find(':') + 2));
  return "unknown";
}

nlohmann::ordered_json machine_json(int threads) {
  auto isas = nlohmann::ordered_json::array();
  for (const Isa isa : supported_isas()) isas.push_back(to_string(isa));
  return {{"cpu", cpu_name()},
          {"isa", to_string(active_isa())},
          {"supported_isas", std::move(isas)},
          {"threads", Arena(threads).threads()}};
}

}  // namespace karnin::cli
