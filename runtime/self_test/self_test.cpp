#include "runtime/self_test/self_test.h"

#include <cmath>
#include <sstream>

#include "runtime/self_test/check.h"

namespace karnin {
namespace {

using self_test::Check;
using self_test::Results;

std::vector<Check> all_checks() {
  std::vector<Check> all;
  for (const auto part :
       {self_test::fc_checks, self_test::conv_checks, self_test::pool_checks,
        self_test::planes_checks, self_test::fc_lanes_checks, self_test::training_checks}) {
    const std::vector<Check> checks = part();
    all.insert(all.end(), checks.begin(), checks.end());
  }
  return all;
}

/// What is wrong with the results, in words; nothing if nothing is.
std::string difference(const Results& actual, const Results& expected, float tolerance) {
  const std::size_t count = expected.values().size();
  std::ostringstream text;
  if (actual.overrun()) {
    text << "writes where it must not";
  } else if (actual.values().size() != count) {
    text << "gives " << actual.values().size() << " numbers and not " << count;
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      const float is = actual.values()[i], should_be = expected.values()[i];
      if (std::abs(is - should_be) <= tolerance) continue;  // not so for NaN
      text << "number " << i + 1 << " of " << count << " is " << is << " and not " << should_be;
      break;
    }
  }
  return text.str();
}

std::string error_of(const Check& check, const kernels::Table& table) {
  Results actual, expected;
  check.run(table, actual);
  check.run(kernels::table(Isa::scalar), expected);
  return difference(actual, expected, check.tolerance);
}

}  // namespace

std::vector<KernelVerdict> check_kernels(const kernels::Table& table) {
  const std::vector<Check> checks = all_checks();
  std::vector<KernelVerdict> verdicts;
  // Buffers are as large as the number of lanes says, so that with a wrong one nothing can be run.
  const auto lanes = std::ranges::find(checks, "lanes", &Check::kernel);
  const std::string wrong = error_of(*lanes, table);
  for (const Check& check : checks) {
    if (wrong.empty() || check.kernel == lanes->kernel)
      verdicts.push_back({check.kernel, error_of(check, table)});
    else
      verdicts.push_back({check.kernel, "not run, because the number of lanes is wrong"});
  }
  return verdicts;
}

}  // namespace karnin
