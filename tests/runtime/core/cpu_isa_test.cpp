#include "runtime/core/cpu_isa.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "runtime/core/error.h"

namespace karnin {
namespace {

/// active_isa() reads the environment once a process, so each case below asks in a process of its
/// own (EXPECT_EXIT) and answers by the exit status.
void exit_with_active_isa(const char* forced) {
  setenv("KARNIN_CPU_ISA", forced, 1);
  try {
    std::exit(static_cast<int>(active_isa()));
  } catch (const ArgumentError&) {
    std::exit(99);
  }
}

TEST(CpuIsa, NamesRoundTrip) {
  for (const Isa isa : {Isa::scalar, Isa::avx2, Isa::avx512})
    EXPECT_EQ(isa_from_string(to_string(isa)), isa);
}

TEST(CpuIsa, RefusesUnknownNames) {
  for (const char* name : {"", "AVX2", "avx", "avx2 ", "neon"})
    EXPECT_THROW(isa_from_string(name), ArgumentError) << name;
}

TEST(CpuIsa, SupportedAscendFromScalar) {
  const std::vector<Isa> isas = supported_isas();
  ASSERT_FALSE(isas.empty());
  EXPECT_EQ(isas.front(), Isa::scalar);
  EXPECT_EQ(std::ranges::adjacent_find(isas, std::ranges::greater_equal{}), isas.end());
}

TEST(CpuIsaDeathTest, TheEnvironmentForcesASupportedOne) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  for (const Isa isa : supported_isas())
    EXPECT_EXIT(exit_with_active_isa(std::string(to_string(isa)).c_str()),
                testing::ExitedWithCode(static_cast<int>(isa)), "");
}

TEST(CpuIsaDeathTest, WithoutTheEnvironmentTheBestIsTaken) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(exit_with_active_isa(""),
              testing::ExitedWithCode(static_cast<int>(supported_isas().back())), "");
}

TEST(CpuIsaDeathTest, TheUnknownAndTheUnsupportedAreRefused) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(exit_with_active_isa("sse9"), testing::ExitedWithCode(99), "");
  const std::vector<Isa> isas = supported_isas();
  if (std::ranges::find(isas, Isa::avx512) == isas.end()) {
    EXPECT_EXIT(exit_with_active_isa("avx512"), testing::ExitedWithCode(99), "");
  }
}

}  // namespace
}  // namespace karnin
