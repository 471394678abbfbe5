#include <gtest/gtest.h>

#include "runtime/core/cpu_isa.h"
#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

TEST(DispatchTest, EveryInstructionSetHasItsOwnTable) {
  EXPECT_NE(kernels::table(Isa::scalar).fc_forward, kernels::table(Isa::avx2).fc_forward);
  EXPECT_NE(kernels::table(Isa::avx2).fc_forward, kernels::table(Isa::avx512).fc_forward);
  EXPECT_EQ(kernels::table(Isa::scalar).lanes, 4);
  EXPECT_EQ(kernels::table(Isa::avx2).lanes, 8);
  EXPECT_EQ(kernels::table(Isa::avx512).lanes, 16);
}

TEST(DispatchTest, ActiveTableIsThatOfTheActiveInstructionSet) {
  EXPECT_EQ(&kernels::active(), &kernels::table(active_isa()));
}

}  // namespace
}  // namespace karnin
