#include "train/experiments/network_split.h"

#include <algorithm>
#include <utility>

#include "runtime/core/error.h"
#include "train/session/classification.h"

namespace karnin {
namespace {

/// Of an image, that a front may hand over: 10,000 test images take 80 MB.
constexpr std::int64_t kMaxFeatures = 2048;

Extent extent_at(const Graph& graph, NodeId node) {
  return infer_extents(graph)[static_cast<std::size_t>(node)];
}

/// Whether nothing behind the node reads what is in front of it.
bool is_cut(const Graph& graph, NodeId node) {
  return std::all_of(graph.nodes.begin() + node + 1, graph.nodes.end(), [&](const Node& behind) {
    return std::ranges::all_of(behind.inputs, [&](NodeId src) { return src >= node; });
  });
}

/// Parameters of the nodes in (after, last].
std::vector<Parameter> parameters_of(const Model& model, NodeId after, NodeId last) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  std::vector<Parameter> parameters;
  for (std::size_t p = 0; p < specs.size(); ++p)
    if (specs[p].node > after && specs[p].node <= last) parameters.push_back(model.parameters[p]);
  return parameters;
}

Model front_until(const Model& model, NodeId cut) {
  Graph front = model.graph;
  front.nodes.resize(static_cast<std::size_t>(cut) + 1);
  front.outputs = {cut};
  Model result = make_model(std::move(front));
  result.preprocess = model.preprocess;
  result.parameters = parameters_of(model, 0, cut);
  return result;
}

}  // namespace

NodeId cut_before(const Graph& graph, std::span<const std::string> layers) {
  const std::vector<ParameterSpec> specs = parameter_specs(graph);
  auto first = static_cast<NodeId>(graph.nodes.size());
  for (const std::string& layer : layers) {
    const std::optional<NodeId> node = find_node(graph, layer);
    if (!node || !find_parameter(specs, *node, Role::weight))
      throw ArgumentError("no layer '" + layer + "' with weights");
    first = std::min(first, *node);
  }
  if (layers.empty()) throw ArgumentError("expected at least one layer, got none");
  NodeId cut = first - 1;
  // Behind dropout alone there would be nothing to compute.
  while (cut > 0 && (is<Dropout>(graph.node(cut).op) || !is_cut(graph, cut))) --cut;
  return extent_at(graph, cut).size() > kMaxFeatures ? 0 : cut;
}

std::vector<float> features_at(const Model& model, NodeId cut, const ImageSet& images,
                               int threads) {
  const std::int64_t floats = extent_at(model.graph, cut).size();
  std::vector<float> features(static_cast<std::size_t>(images.size() * floats));
  const ImageLoader load = loader_of(model.preprocess, images);
  if (cut == 0) {
    load(0, images.size(), features.data());
    return features;
  }
  Engine engine(front_until(model, cut), {.threads = threads, .race = false});
  engine.run(images.size(), load, features);
  return features;
}

Model tail_from(const Model& model, NodeId cut) {
  const Graph& graph = model.graph;
  const auto behind = [&](std::vector<NodeId> nodes) {
    for (NodeId& node : nodes) node -= cut;
    return nodes;
  };
  Graph tail = make_graph(graph.name, extent_at(graph, cut));
  for (NodeId id = cut + 1; std::cmp_less(id, graph.nodes.size()); ++id)
    append(tail, graph.node(id).name, graph.node(id).op, behind(graph.node(id).inputs));
  tail.outputs = behind(graph.outputs);
  Model result = make_model(std::move(tail));
  result.parameters = parameters_of(model, cut, static_cast<NodeId>(graph.nodes.size()));
  return result;
}

}  // namespace karnin
