#include "runtime/graph/graph.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "runtime/core/error.h"

namespace karnin {
namespace {

void require(const Node& node, bool holds, const std::string& problem) {
  if (!holds) throw ShapeError("layer '" + node.name + "': " + problem);
}

Extent extent_of(const Node& node, Extents srcs) {
  try {
    return extent(node.op, srcs);
  } catch (const ShapeError& error) {
    throw ShapeError("layer '" + node.name + "': " + error.what());
  }
}

void check_size(const Graph& graph) {
  const std::size_t layers = layer_count(graph, static_cast<NodeId>(graph.nodes.size()));
  if (layers == 0 || layers > kMaxNodes)
    throw ShapeError("architecture: expected 1 to " + std::to_string(kMaxNodes) + " layers, got " +
                     std::to_string(layers));
  const auto exists = [&](NodeId id) { return id >= 0 && std::cmp_less(id, graph.nodes.size()); };
  if (graph.outputs.empty() || !std::ranges::all_of(graph.outputs, exists))
    throw ShapeError("architecture: expected one or more of its layers as outputs");
  std::set<NodeId> outputs;
  for (const NodeId id : graph.outputs)
    require(graph.node(id), outputs.insert(id).second, "expected to be an output once, got twice");
}

}  // namespace

Graph make_graph(std::string name, const Extent& image) {
  return {std::move(name), {{std::string(kInputName), Input{image}, {}}}, {0}};
}

NodeId append(Graph& graph, std::string name, Op op) {
  return append(graph, std::move(name), op, {static_cast<NodeId>(graph.nodes.size()) - 1});
}

NodeId append(Graph& graph, std::string name, Op op, std::vector<NodeId> inputs) {
  const auto id = static_cast<NodeId>(graph.nodes.size());
  graph.nodes.push_back({std::move(name), op, std::move(inputs)});
  graph.outputs = {id};
  return id;
}

Graph make_chain(std::string name, const Extent& image,
                 const std::vector<std::pair<std::string, Op>>& layers) {
  Graph graph = make_graph(std::move(name), image);
  for (const auto& [layer, op] : layers) append(graph, layer, op);
  return graph;
}

std::vector<Extent> source_extents(const Graph& graph, std::span<const Extent> extents, NodeId id) {
  std::vector<Extent> srcs;
  for (const NodeId input : graph.node(id).inputs)
    srcs.push_back(extents[static_cast<std::size_t>(input)]);
  return srcs;
}

std::vector<Extent> infer_extents(const Graph& graph) {
  check_size(graph);
  std::vector<Extent> extents;
  std::set<std::string_view> names;
  for (const Node& node : graph.nodes) {
    const auto id = static_cast<NodeId>(extents.size());
    require(node, !node.name.empty() && names.insert(node.name).second,
            "names must be unique and not empty");
    require(node,
            std::ranges::all_of(node.inputs, [&](NodeId src) { return src >= 0 && src < id; }),
            "its inputs must be layers before it");
    extents.push_back(extent_of(node, source_extents(graph, extents, id)));
  }
  return extents;
}

std::vector<std::vector<NodeId>> readers_of(const Graph& graph) {
  std::vector<std::vector<NodeId>> readers(graph.nodes.size());
  for (NodeId id = 0; std::cmp_less(id, graph.nodes.size()); ++id)
    for (const NodeId input : graph.node(id).inputs)
      readers[static_cast<std::size_t>(input)].push_back(id);
  return readers;
}

std::optional<NodeId> find_node(const Graph& graph, std::string_view name) {
  const auto found = std::ranges::find(graph.nodes, name, &Node::name);
  if (found == graph.nodes.end()) return std::nullopt;
  return static_cast<NodeId>(found - graph.nodes.begin());
}

std::size_t layer_count(const Graph& graph, NodeId end) {
  const auto is_layer = [](const Node& node) { return !is<Input>(node.op); };
  return static_cast<std::size_t>(
      std::count_if(graph.nodes.begin(), graph.nodes.begin() + end, is_layer));
}

const Extent& input_extent(const Graph& graph) {
  const Input* input = nullptr;
  for (const Node& node : graph.nodes)
    if (const auto* found = std::get_if<Input>(&node.op)) {
      require(node, input == nullptr, "expected one input of images, got a second");
      input = found;
    }
  if (input == nullptr) throw ShapeError("architecture: expected one input of images, got none");
  return input->extent;
}

std::vector<Output> outputs_of(const Graph& graph) {
  const std::vector<Extent> extents = infer_extents(graph);
  std::vector<Output> outputs;
  for (const NodeId id : graph.outputs)
    outputs.push_back({graph.node(id).name, extents[static_cast<std::size_t>(id)]});
  return outputs;
}

Output sole_output(const Graph& graph) {
  constexpr std::size_t kListed = 8;
  const std::vector<Output> outputs = outputs_of(graph);
  if (outputs.size() == 1) return outputs.front();
  std::string listed;
  for (const Output& output : std::span(outputs).first(std::min(kListed, outputs.size())))
    listed += ", '" + output.name + "' (" + to_string(output.extent) + ")";
  throw ShapeError("network '" + graph.name + "': expected one output, got " +
                   std::to_string(outputs.size()) + listed +
                   (outputs.size() > kListed ? " and more" : ""));
}

std::int64_t class_count(const Graph& graph) {
  const Extent logits = sole_output(graph).extent;
  require(graph.node(graph.outputs.front()), logits.h == 1 && logits.w == 1,
          "the last layer must give one value a class, not " + to_string(logits));
  return logits.c;
}

bool is_chain(const Graph& graph) {
  for (NodeId id = 1; std::cmp_less(id, graph.nodes.size()); ++id)
    if (graph.node(id).inputs != std::vector{id - 1}) return false;
  return graph.outputs == std::vector{static_cast<NodeId>(graph.nodes.size()) - 1};
}

}  // namespace karnin
