// oneDNN brings OpenMP along, whose threads we don't use. Told to bind them (OMP_PROC_BIND and its
// like, which clusters set for everybody), GCC's libgomp binds the main thread when it is loaded,
// and any other as soon as it enters a parallel region, be that of one thread: TBB then finds a
// machine of one CPU, or all its workers end up on the first. Taking the mask back in main() would
// mend the former alone, and only with luck: the program's own mask (that of taskset, say, which
// has to be honoured) is lost by then. So the binding is refused where it can be, before libgomp
// reads the environment: functions in .preinit_array run before all constructors of shared
// libraries. OMP_PROC_BIND=false is OpenMP's own word for it, and overrules the other variables.
#include "cli/console/openmp_binding.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace karnin::cli {
namespace {

constexpr std::array<std::string_view, 4> kBindings{"OMP_PROC_BIND", "OMP_PROC_BIND_ALL",
                                                    "OMP_PLACES", "GOMP_CPU_AFFINITY"};

// Before main() there is nothing but static storage to leave a message in.
constinit std::array<bool, kBindings.size()> refused{};
constinit char refusal[] = "OMP_PROC_BIND=false";

void refuse_bindings(int /*argc*/, char** /*argv*/, char** environment) {
  for (char** variable = environment; *variable != nullptr; ++variable)
    if (strcasecmp(*variable, refusal) == 0) return;  // the user has said so
  for (char** variable = environment; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const auto name = std::ranges::find(kBindings, text.substr(0, text.find('=')));
    if (name == kBindings.end()) continue;
    refused[static_cast<std::size_t>(name - kBindings.begin())] = true;
    *variable = refusal;
  }
}

using Initialiser = void (*)(int, char**, char**);
[[gnu::section(".preinit_array"), gnu::used]] const Initialiser kBeforeLibraries = refuse_bindings;

}  // namespace

std::vector<std::string> refused_bindings() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < refused.size(); ++i)
    if (refused[i]) names.emplace_back(kBindings[i]);
  return names;
}

}  // namespace karnin::cli
