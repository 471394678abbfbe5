#include "cli/verbs/environment.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "runtime/core/cpu_isa.h"
#include "runtime/core/error.h"
#include "tests/support/environment.h"
#include "tests/support/error_message.h"

namespace karnin::cli {
namespace {

using test::ScopedVariable;

TEST(Environment, AnEmptyVariableIsNone) {
  for (const std::optional<std::string>& none : {std::optional<std::string>(""), {}}) {
    const ScopedVariable data("KARNIN_DATA", none), mirror("KARNIN_CIFAR10_URL", none);
    const ScopedVariable isa("KARNIN_CPU_ISA", none);
    EXPECT_EQ(data_places().variable, "");
    EXPECT_EQ(cifar10_mirror(), "");
    const Isa before = active_isa();
    use_isa_of_environment();
    EXPECT_EQ(active_isa(), before);
  }
}

TEST(Environment, PinsAKernel) {
  const auto pinned = [](const std::optional<std::string>& value) {
    const ScopedVariable kernel("KARNIN_KERNEL", value);
    return pinned_kernel();
  };
  EXPECT_EQ(pinned("sparse-lanes"), FcKernel::sparse_lanes);
  EXPECT_EQ(pinned(""), std::nullopt);
  EXPECT_EQ(pinned(std::nullopt), std::nullopt);
  EXPECT_THROW(pinned("fastest-please"), ArgumentError);
}

TEST(Environment, SaysWhereDataAre) {
  const ScopedVariable data("KARNIN_DATA", "/data"), cache("XDG_CACHE_HOME", "/var/cache/mine");
  const ScopedVariable mirror("KARNIN_CIFAR10_URL", "http://mirror/c.tar.gz");
  EXPECT_EQ(data_places().variable, "/data");
  EXPECT_EQ(data_places().cache, "/var/cache/mine/karnin-cpu");
  EXPECT_EQ(cifar10_mirror(), "http://mirror/c.tar.gz");
}

TEST(Environment, TheCacheFollowsXdg) {
  const ScopedVariable home("HOME", "/home/somebody");
  const ScopedVariable cache("XDG_CACHE_HOME", "/var/cache/mine");
  EXPECT_EQ(cache_directory(), "/var/cache/mine/karnin-cpu");
  for (const char* invalid : {"", "relative/path"}) {
    const ScopedVariable unusable("XDG_CACHE_HOME", invalid);
    EXPECT_EQ(cache_directory(), "/home/somebody/.cache/karnin-cpu");
  }
  const ScopedVariable unset("XDG_CACHE_HOME", std::nullopt);
  EXPECT_EQ(cache_directory(), "/home/somebody/.cache/karnin-cpu");
  const ScopedVariable homeless("HOME", std::nullopt);
  EXPECT_EQ(cache_directory(), "./.cache/karnin-cpu");
}

TEST(Environment, ForcesAnInstructionSet) {
  const Isa before = active_isa();
  for (const Isa isa : supported_isas()) {
    const ScopedVariable forced("KARNIN_CPU_ISA", std::string(to_string(isa)));
    use_isa_of_environment();
    EXPECT_EQ(active_isa(), isa);
  }
  use_isa(before);
  const ScopedVariable unknown("KARNIN_CPU_ISA", "sse9");
  EXPECT_THROW(use_isa_of_environment(), ArgumentError);
  if (supported_isas().back() == Isa::avx512) return;  // none to lack
  const ScopedVariable lacking("KARNIN_CPU_ISA", "avx512");
  EXPECT_EQ(test::error_message<ArgumentError>([] { use_isa_of_environment(); }),
            "KARNIN_CPU_ISA asks for 'avx512', but this CPU offers at most '" +
                std::string(to_string(supported_isas().back())) + "'");
}

}  // namespace
}  // namespace karnin::cli
