// A test fixture that runs once for the kernels of every instruction set under test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "runtime/core/cpu_isa.h"
#include "runtime/kernels/kernels.h"
#include "tests/support/isa_level.h"

namespace karnin::test {

/// All that this CPU has; the one that KARNIN_CPU_ISA names where CTest asks for a level.
inline std::vector<Isa> isas_under_test() {
  const char* name = std::getenv("KARNIN_CPU_ISA");
  if (name == nullptr || *name == '\0') return supported_isas();
  return {isa_from_string(name)};
}

class KernelTableTest : public testing::TestWithParam<Isa> {
 protected:
  const kernels::Table& table_ = kernels::table(GetParam());
};

inline std::string isa_name(const testing::TestParamInfo<Isa>& info) {
  return std::string(to_string(info.param));
}

}  // namespace karnin::test
