// Small networks on their way through the passes.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "runtime/program/draft.h"

namespace karnin::test {

inline Graph net(const std::vector<Op>& ops) {
  Graph graph = make_graph("net", {3, 8, 8});
  for (std::size_t i = 0; i < ops.size(); ++i) append(graph, "layer" + std::to_string(i), ops[i]);
  return graph;
}

/// "layer0+" is layer0 with a ReLU in it.
inline std::vector<std::string> names(const Draft& draft) {
  std::vector<std::string> result;
  for (const DraftStep& step : draft.steps) result.push_back(step.name + (step.relu ? "+" : ""));
  return result;
}

inline Draft in_domain(Draft draft, Domain domain) {
  for (DraftStep& step : draft.steps) step.domain = domain;
  return draft;
}

/// Every step reads what steps before it, or the images, have given.
inline void expect_sound(const Draft& draft) {
  std::vector<ValueId> given = draft.inputs;
  for (const DraftStep& step : draft.steps) {
    for (const ValueId src : step.srcs) EXPECT_THAT(given, testing::Contains(src)) << step.name;
    given.push_back(step.dst);
  }
  EXPECT_THAT(given, testing::IsSupersetOf(draft.outputs));
}

}  // namespace karnin::test
