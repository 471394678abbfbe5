#include "cli/verbs/environment.h"

#include <fmt/core.h>

#include <cstdlib>
#include <string>

#include "runtime/core/cpu_isa.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

/// "" if it is not set.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

void use_isa_of_environment() {
  const std::string name = variable("KARNIN_CPU_ISA");
  if (name.empty()) return;
  const Isa isa = isa_from_string(name), best = supported_isas().back();
  if (isa > best)
    throw ArgumentError(fmt::format(
        "KARNIN_CPU_ISA asks for '{}', but this CPU offers at most '{}'", name, to_string(best)));
  use_isa(isa);
}

}  // namespace karnin::cli
