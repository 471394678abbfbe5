// The instruction set that KARNIN_CPU_ISA names, as in karnin-cpu: Google Benchmark has the main().
#include <cstdlib>

#include "runtime/core/cpu_isa.h"

namespace karnin {
namespace {

const bool kIsaIsSet = [] {
  const char* name = std::getenv("KARNIN_CPU_ISA");
  if (name != nullptr && *name != '\0') use_isa(isa_from_string(name));
  return true;
}();

}  // namespace
}  // namespace karnin
