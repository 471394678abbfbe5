// The instruction set of a test program: that of KARNIN_CPU_ISA, as in the program itself. CTest
// runs some tests once a level (ISA_LEVELS of karnin_test): the program then ends with status 77,
// "skipped", where the CPU lacks it.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "runtime/core/cpu_isa.h"

namespace karnin::test {

inline const bool kIsaLevelRuns = [] {
  const char* name = std::getenv("KARNIN_CPU_ISA");
  if (name == nullptr || *name == '\0') return true;
  const Isa isa = isa_from_string(name);
  const auto isas = supported_isas();
  if (std::find(isas.begin(), isas.end(), isa) == isas.end()) std::_Exit(77);
  use_isa(isa);
  return true;
}();

}  // namespace karnin::test
