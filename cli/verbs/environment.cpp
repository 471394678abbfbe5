#include "cli/verbs/environment.h"

#include <fmt/core.h>

#include <cstdlib>

#include "runtime/core/cpu_isa.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

namespace fs = std::filesystem;

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

std::optional<FcKernel> pinned_kernel() {
  const std::string name = variable("KARNIN_KERNEL");
  if (name.empty()) return std::nullopt;
  return fc_kernel_from_string(name);
}

std::optional<FcKernel> pinned_kernel_beside(const std::string& plan) {
  const std::optional<FcKernel> kernel = pinned_kernel();
  if (kernel && !plan.empty())
    throw ArgumentError("KARNIN_KERNEL and --plan: expected one of them");
  return kernel;
}

DataPlaces data_places() { return {variable("KARNIN_DATA"), cache_directory()}; }

fs::path cache_directory() {
  // The XDG specification: a relative path there is invalid and to be ignored.
  if (const std::string cache = variable("XDG_CACHE_HOME"); cache.starts_with('/'))
    return fs::path(cache) / "karnin-cpu";
  const char* home = std::getenv("HOME");
  return fs::path(home != nullptr ? home : ".") / ".cache" / "karnin-cpu";
}

std::string cifar10_mirror() { return variable("KARNIN_CIFAR10_URL"); }

}  // namespace karnin::cli
