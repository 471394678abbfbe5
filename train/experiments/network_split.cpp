#include "train/experiments/network_split.h"

#include <algorithm>

#include "runtime/core/error.h"
#include "runtime/graph/network_part.h"
#include "train/session/classification.h"

namespace karnin {
namespace {

/// Of an image, that a front may hand over: 10,000 test images take 80 MB.
constexpr std::int64_t kMaxFeatures = 2048;

Extent extent_at(const Graph& graph, NodeId node) {
  return infer_extents(graph)[static_cast<std::size_t>(node)];
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
  Engine engine(part_of(model, 0, {{cut}}), {.threads = threads, .race = false});
  engine.run(images.size(), load, features);
  return features;
}

Model tail_from(const Model& model, NodeId cut) { return part_of(model, cut, model.graph.outputs); }

}  // namespace karnin
