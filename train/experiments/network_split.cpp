#include "train/experiments/network_split.h"

#include <algorithm>
#include <utility>

#include "runtime/core/error.h"
#include "train/experiments/classification.h"

namespace karnin {
namespace {

/// Of an image, that a front may hand over: its identity (below) takes as many squared, 16 MiB.
constexpr std::int64_t kMaxFeatures = 2048;

Extent extent_before(const Architecture& architecture, std::size_t node) {
  return node == 0 ? architecture.input : infer_extents(architecture)[node - 1];
}

/// Parameters of the nodes in [first, last).
std::vector<Parameter> parameters_of(const Model& model, std::size_t first, std::size_t last) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.architecture);
  std::vector<Parameter> parameters;
  for (std::size_t p = 0; p < specs.size(); ++p)
    if (std::cmp_greater_equal(specs[p].node, first) && std::cmp_less(specs[p].node, last))
      parameters.push_back(model.parameters[p]);
  return parameters;
}

/// The nodes before `node`, then an identity: a chain must end in rows of one value a class, and
/// multiplying by 1 and adding zeros hands every activation through as it is.
Model front_until(const Model& model, std::size_t node) {
  const std::int64_t floats = extent_before(model.architecture, node).size();
  Architecture front = model.architecture;
  front.nodes.resize(node);
  std::string name = "features";  // and all names together: unlike any of them
  for (const Node& before : front.nodes) name += " " + before.name;
  front.nodes.push_back({name, FullyConnected{floats}, {static_cast<int>(node) - 1}});

  Model result = make_model(std::move(front));
  result.preprocess = model.preprocess;
  std::ranges::move(parameters_of(model, 0, node), result.parameters.begin());
  const std::size_t last =
      find_parameter(parameter_specs(result.architecture), static_cast<int>(node), Role::weight)
          .value();
  Tensor& identity = result.parameters[last].value;
  for (std::int64_t i = 0; i < floats; ++i) identity.data()[i * floats + i] = 1;
  return result;
}

}  // namespace

std::size_t cut_before(const Architecture& architecture, std::span<const std::string> layers) {
  const std::vector<ParameterSpec> specs = parameter_specs(architecture);
  std::size_t first = architecture.nodes.size();
  for (const std::string& layer : layers) {
    const std::optional<int> node = find_node(architecture, layer);
    if (!node || !find_parameter(specs, *node, Role::weight))
      throw ArgumentError("no layer '" + layer + "' with weights");
    first = std::min(first, static_cast<std::size_t>(*node));
  }
  if (layers.empty()) throw ArgumentError("expected at least one layer, got none");
  return extent_before(architecture, first).size() > kMaxFeatures ? 0 : first;
}

std::vector<float> features_before(const Model& model, std::size_t node, const ImageSet& images,
                                   int threads) {
  const std::int64_t floats = extent_before(model.architecture, node).size();
  std::vector<float> features(static_cast<std::size_t>(images.size() * floats));
  const ImageLoader load = loader_of(model.preprocess, images);
  if (node == 0) {
    load(0, images.size(), features.data());
    return features;
  }
  Engine engine(front_until(model, node), {.threads = threads, .race = false});
  engine.run(images.size(), load, features);
  return features;
}

Model tail_from(const Model& model, std::size_t node) {
  Architecture tail{model.architecture.name, extent_before(model.architecture, node), {}};
  for (std::size_t i = node; i < model.architecture.nodes.size(); ++i) {
    const Node& old = model.architecture.nodes[i];
    tail.nodes.push_back({old.name, old.spec, {static_cast<int>(i - node) - 1}});
  }
  Model result = make_model(std::move(tail));
  result.parameters = parameters_of(model, node, model.architecture.nodes.size());
  return result;
}

}  // namespace karnin
