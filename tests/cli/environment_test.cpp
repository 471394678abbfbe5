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
    const ScopedVariable isa("KARNIN_CPU_ISA", none);
    const Isa before = active_isa();
    use_isa_of_environment();
    EXPECT_EQ(active_isa(), before);
  }
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
