#include "runtime/program/draft.h"

#include <algorithm>
#include <utility>

namespace karnin {

std::optional<std::size_t> Draft::only_reader(ValueId value) const {
  if (std::ranges::count(outputs, value) > 0) return std::nullopt;
  std::optional<std::size_t> reader;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto reads = std::ranges::count(steps[i].srcs, value);
    if (reads == 0) continue;
    if (reads > 1 || reader) return std::nullopt;
    reader = i;
  }
  return reader;
}

void Draft::redirect(ValueId from, ValueId to) {
  for (DraftStep& step : steps) std::ranges::replace(step.srcs, from, to);
  std::ranges::replace(outputs, from, to);
}

void Draft::erase(std::size_t step) {
  steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(step));
}

Draft draft_of(const Graph& graph) {
  Draft draft{{}, infer_extents(graph), {}, graph.outputs};
  for (NodeId id = 0; std::cmp_less(id, graph.nodes.size()); ++id) {
    const Node& node = graph.node(id);
    if (is<Input>(node.op)) {
      draft.inputs.push_back(id);
      continue;
    }
    const std::size_t number = draft.steps.size();
    draft.steps.push_back({.name = node.name,
                           .op = node.op,
                           .srcs = node.inputs,
                           .dst = id,
                           .node = id,
                           .number = number});
  }
  return draft;
}

}  // namespace karnin
