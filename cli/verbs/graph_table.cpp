#include "cli/verbs/graph_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "cli/console/table.h"
#include "formats/model/op_text.h"
#include "formats/report/quantity.h"
#include "runtime/graph/compact_model.h"
#include "runtime/graph/macs.h"

namespace karnin::cli {
namespace {

/// By node, how many earlier values are still read behind it.
std::vector<std::size_t> waiting_values(const Graph& graph) {
  std::vector<std::size_t> counts(graph.nodes.size(), 0);
  const std::vector<std::vector<NodeId>> readers = readers_of(graph);
  for (std::size_t value = 0; value < readers.size(); ++value)
    for (std::size_t node = value + 1;
         !readers[value].empty() && std::cmp_less(node, readers[value].back()); ++node)
      ++counts[node];
  return counts;
}

/// The numbers of what it reads, unless that is the row above alone.
std::string sources(const Graph& graph, NodeId node) {
  const std::vector<NodeId>& inputs = graph.node(node).inputs;
  return inputs == std::vector{node - 1} ? "" : fmt::format("{}", fmt::join(inputs, ", "));
}

ParameterCount count_of(const Model& model, const std::vector<ParameterSpec>& specs, NodeId node) {
  ParameterCount count;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].node != node) continue;
    count.all += model.parameters[i].value.size();
    count.nonzero += count_nonzero(model.parameters[i]);
  }
  return count;
}

}  // namespace

std::string graph_table(const Model& model) {
  const Graph& graph = model.graph;
  const std::vector<Extent> extents = infer_extents(graph);
  const std::vector<ParameterSpec> specs = parameter_specs(graph);
  const std::vector<std::size_t> indents = waiting_values(graph);
  Table table("rlllrrrr");
  table.add({"", "layer", "kind", "from", "output", "MACs", "parameters", "non-zero"});
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto id = static_cast<NodeId>(i);
    const Node& node = graph.nodes[i];
    const std::int64_t work =
        is<Input>(node.op) ? 0 : macs(node.op, source_extents(graph, extents, id));
    const ParameterCount own = count_of(model, specs, id);
    const bool output = std::ranges::count(graph.outputs, id) > 0;
    table.add({std::to_string(i) + (output ? "*" : ""),
               std::string(2 * indents[i], ' ') + shortened(node.name), op_text(node.op),
               sources(graph, id), to_string(extents[i]), work == 0 ? "" : count(work),
               own.all == 0 ? "" : count(own.all), own.all == 0 ? "" : count(own.nonzero)});
  }
  return table.str();
}

}  // namespace karnin::cli
