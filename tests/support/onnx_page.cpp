#include "tests/support/onnx_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>

namespace karnin::test {
namespace {

constexpr std::size_t kListed = 8;  ///< operators of one reason that are told one by one

/// A refusal without what is another in each case: "node 'y' (Pad, opset 13): mode: expected
/// constant, got x (test_pad, byte 0)" is the reason "mode: expected constant" of Pad.
struct Refusal {
  std::string op, reason;
};

Refusal refusal_of(const OnnxOutcome& outcome) {
  static const std::regex kParts(R"(node '.*' \((\w+), opset \d+\): (.*) \(.*, byte \d+\))");
  std::smatch parts;
  if (!std::regex_match(outcome.message, parts, kParts)) return {"?", outcome.message};
  std::string reason = std::regex_replace(parts[2].str(), std::regex(", got .*"), "");
  reason = std::regex_replace(reason, std::regex(" '[^']*'"), "");
  reason = std::regex_replace(reason, std::regex("(input|opset) \\d+"), "$1");
  return {parts[1].str(), std::regex_replace(reason, std::regex("as Nx[0-9x]+ has"), "as before")};
}

std::string listed(const std::set<std::string>& operators) {
  if (operators.size() > kListed) return fmt::format("{} operators", operators.size());
  return fmt::format("{}", fmt::join(operators, ", "));
}

}  // namespace

std::string row_start(const OnnxOperator& op) {
  return fmt::format("| {} | {} |", op.name, op.since);
}

std::string operator_table(const std::vector<OnnxOutcome>& outcomes) {
  std::string table = "| operator | from opset | cases | right |\n|---|---|---|---|\n";
  for (const OnnxOperator& op : onnx_operators()) {
    const auto is_in = [&](const OnnxOutcome& outcome) {
      return outcome.operators.contains(std::string(op.name));
    };
    const auto is_right = [&](const OnnxOutcome& outcome) {
      return is_in(outcome) && outcome.message == kRight;
    };
    table += fmt::format("{} {} | {} |\n", row_start(op), std::ranges::count_if(outcomes, is_in),
                         std::ranges::count_if(outcomes, is_right));
  }
  return table;
}

std::string refusal_table(const std::vector<OnnxOutcome>& outcomes) {
  struct Kind {
    std::string reason;
    int cases = 0;
    std::set<std::string> operators;
  };
  std::map<std::string, Kind> kinds;
  for (const OnnxOutcome& outcome : outcomes) {
    if (!outcome.is_refused()) continue;
    const auto [op, reason] = refusal_of(outcome);
    Kind& kind = kinds[reason];
    kind.reason = reason;
    ++kind.cases;
    kind.operators.insert(op);
  }
  std::vector<Kind> sorted;
  for (const auto& [reason, kind] : kinds) sorted.push_back(kind);
  std::ranges::stable_sort(sorted, std::ranges::greater(), &Kind::cases);
  std::string table = "| reason | cases | of |\n|---|---|---|\n";
  for (const Kind& kind : sorted)
    table += fmt::format("| {} | {} | {} |\n", kind.reason, kind.cases, listed(kind.operators));
  return table;
}

}  // namespace karnin::test
