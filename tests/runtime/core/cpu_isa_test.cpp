#include "runtime/core/cpu_isa.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <vector>

#include "runtime/core/error.h"

namespace karnin {
namespace {

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

/// Of this process, which no test is to leave at another level.
class ActiveIsa : public testing::Test {
 protected:
  ~ActiveIsa() override { use_isa(before_); }

  const Isa before_ = active_isa();
};

TEST_F(ActiveIsa, IsTheOneAskedFor) {
  for (const Isa isa : supported_isas()) {
    use_isa(isa);
    EXPECT_EQ(active_isa(), isa);
  }
}

/// KARNIN_CPU_ISA names another one where CTest asks for a level.
TEST_F(ActiveIsa, IsTheBestOneIfNobodyAsks) {
  const char* asked = std::getenv("KARNIN_CPU_ISA");
  if (asked != nullptr && *asked != '\0') GTEST_SKIP() << "the environment asks";
  EXPECT_EQ(before_, supported_isas().back());
}

TEST_F(ActiveIsa, StaysWhereTheCpuLacksTheOther) {
  if (supported_isas().back() == Isa::avx512) GTEST_SKIP() << "this CPU lacks none";
  EXPECT_THROW(use_isa(Isa::avx512), ArgumentError);
  EXPECT_EQ(active_isa(), before_);
}

}  // namespace
}  // namespace karnin
