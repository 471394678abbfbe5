#include "runtime/graph/network_part.h"

#include <algorithm>
#include <utility>

#include "runtime/core/error.h"

namespace karnin {
namespace {

/// By node, whether an output depends on it; `from` and what is in front of it don't count.
std::vector<bool> wanted_nodes(const Graph& graph, NodeId from, std::span<const NodeId> outputs) {
  std::vector<bool> wanted(graph.nodes.size());
  for (const NodeId output : outputs) wanted[static_cast<std::size_t>(output)] = true;
  for (auto id = static_cast<NodeId>(graph.nodes.size()); --id > from;)
    if (wanted[static_cast<std::size_t>(id)])
      for (const NodeId src : graph.node(id).inputs) wanted[static_cast<std::size_t>(src)] = true;
  return wanted;
}

}  // namespace

bool is_cut(const Graph& graph, NodeId node) {
  return std::all_of(graph.nodes.begin() + node + 1, graph.nodes.end(), [&](const Node& behind) {
    return std::ranges::all_of(behind.inputs, [&](NodeId src) { return src >= node; });
  });
}

Model part_of(const Model& model, NodeId from, std::span<const NodeId> outputs) {
  const Graph& graph = model.graph;
  const std::vector<bool> wanted = wanted_nodes(graph, from, outputs);
  std::vector<NodeId> moved(graph.nodes.size(), -1);  // to which place
  const auto place_of = [&](NodeId id) {
    const NodeId place = moved[static_cast<std::size_t>(id)];
    if (place < 0)
      throw ShapeError("network '" + graph.name + "': '" + graph.node(id).name +
                       "' is needed behind '" + graph.node(from).name + "'");
    return place;
  };
  const bool from_images = is<Input>(graph.node(from).op);
  Graph part{graph.name, {graph.node(from)}, {}};
  if (!from_images)
    part.nodes.front() = {
        graph.node(from).name, Input{infer_extents(graph)[static_cast<std::size_t>(from)]}, {}};
  moved[static_cast<std::size_t>(from)] = 0;
  std::vector<bool> kept(graph.nodes.size());
  for (NodeId id = from + 1; std::cmp_less(id, graph.nodes.size()); ++id) {
    if (!wanted[static_cast<std::size_t>(id)]) continue;
    std::vector<NodeId> srcs;
    for (const NodeId src : graph.node(id).inputs) srcs.push_back(place_of(src));
    moved[static_cast<std::size_t>(id)] =
        append(part, graph.node(id).name, graph.node(id).op, std::move(srcs));
    kept[static_cast<std::size_t>(id)] = true;
  }
  part.outputs.clear();
  for (const NodeId output : outputs) part.outputs.push_back(place_of(output));

  Model result = make_model(std::move(part));
  if (from_images) result.preprocess = model.preprocess;
  const std::vector<ParameterSpec> specs = parameter_specs(graph);
  std::size_t next = 0;
  for (std::size_t p = 0; p < specs.size(); ++p)
    if (kept[static_cast<std::size_t>(specs[p].node)])
      result.parameters[next++] = model.parameters[p];
  return result;
}

}  // namespace karnin
