#include "cli/verbs/self_test_report.h"

#include <fmt/core.h>

#include <algorithm>

#include "cli/console/table.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

bool all_right(const std::vector<KernelVerdict>& verdicts) {
  return std::ranges::all_of(verdicts, &KernelVerdict::right);
}

}  // namespace

nlohmann::ordered_json to_json(Isa isa, const std::vector<KernelVerdict>& verdicts) {
  auto kernels = nlohmann::ordered_json::array();
  for (const KernelVerdict& verdict : verdicts)
    kernels.push_back(
        {{"name", verdict.kernel}, {"right", verdict.right()}, {"error", verdict.error}});
  return {{"isa", to_string(isa)}, {"right", all_right(verdicts)}, {"kernels", kernels}};
}

std::string to_table(Isa isa, const std::vector<KernelVerdict>& verdicts) {
  Table table("ll");
  table.add({fmt::format("kernel ({})", to_string(isa)), "against the scalar level"});
  for (const KernelVerdict& verdict : verdicts)
    table.add({std::string(verdict.kernel), verdict.right() ? "right" : "WRONG: " + verdict.error});
  return table.str();
}

void expect_right(Isa isa, const std::vector<KernelVerdict>& verdicts) {
  if (all_right(verdicts)) return;
  std::string names;
  for (const KernelVerdict& verdict : verdicts)
    if (!verdict.right()) names += (names.empty() ? "" : ", ") + std::string(verdict.kernel);
  const std::string way_out = isa == Isa::scalar
                                  ? "don't trust any result of it"
                                  : "don't trust its results without KARNIN_CPU_ISA=scalar";
  throw Error(
      fmt::format("on this machine kernels of the level {} don't compute what the scalar "
                  "level does: {}; {}, and please report it",
                  to_string(isa), names, way_out));
}

}  // namespace karnin::cli
