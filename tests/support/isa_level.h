// For test programs that CTest runs once an instruction set (ISA_LEVELS and ISA_PARAMETER of
// karnin_test):
// including this header ends the program with status 77, "skipped", where KARNIN_CPU_ISA names one
// that the CPU lacks.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "runtime/core/cpu_isa.h"

namespace karnin::test {

inline const bool kIsaLevelRuns = [] {
  const char* name = std::getenv("KARNIN_CPU_ISA");
  if (name == nullptr || *name == '\0') return true;
  const auto isas = supported_isas();
  if (std::find(isas.begin(), isas.end(), isa_from_string(name)) == isas.end()) std::_Exit(77);
  return true;
}();

}  // namespace karnin::test
