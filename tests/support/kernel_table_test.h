// A test fixture that runs once for the kernels of every instruction set this CPU has.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "runtime/core/cpu_isa.h"
#include "runtime/kernels/kernels.h"

namespace karnin::test {

class KernelTableTest : public testing::TestWithParam<Isa> {
 protected:
  const kernels::Table& table_ = kernels::table(GetParam());
};

inline std::string isa_name(const testing::TestParamInfo<Isa>& info) {
  return std::string(to_string(info.param));
}

}  // namespace karnin::test
