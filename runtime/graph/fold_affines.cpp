#include "runtime/graph/fold_affines.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/core/finite.h"

namespace karnin {
namespace {

std::size_t place_of_node(NodeId id) { return static_cast<std::size_t>(id); }

/// Folds as long as there is something to fold; the nodes stay until without_folded().
class AffineFolder {
 public:
  explicit AffineFolder(Model& model)
      : model_(model), specs_(parameter_specs(model.graph)), readers_(readers_of(model.graph)) {
    for (NodeId id = 0; std::cmp_less(id, model.graph.nodes.size()); ++id) hosts_.push_back(id);
  }

  /// For each node the one that gives its value now: itself, or the layer that took it in.
  std::vector<NodeId> fold() {
    for (NodeId id = 0; std::cmp_less(id, hosts_.size()); ++id)
      if (const auto host = host_of(id); host && take_in(*host, id))
        hosts_[place_of_node(id)] = *host;
    return hosts_;
  }

 private:
  /// Its value is wanted as it is where somebody else reads it, or it is an answer.
  std::optional<NodeId> host_of(NodeId id) const {
    const Node& node = model_.graph.node(id);
    if (!is<BatchNorm>(node.op) && !is<ChannelAffine>(node.op)) return std::nullopt;
    const NodeId src = node.inputs.front(), host = hosts_[place_of_node(src)];
    const Op& op = model_.graph.node(host).op;
    const bool is_output = std::ranges::count(model_.graph.outputs, src) > 0;
    if (is_output || readers_[place_of_node(src)].size() != 1) return std::nullopt;
    return is<Conv2d>(op) || is<FullyConnected>(op) ? std::optional(host) : std::nullopt;
  }

  std::span<float> values(NodeId id, Role role) {
    const auto place = find_parameter(specs_, id, role);
    return place ? model_.parameters[*place].value.span() : std::span<float>();
  }

  /// What a channel of x - mean is multiplied by.
  double factor(NodeId id, std::size_t channel) {
    const auto* norm = std::get_if<BatchNorm>(&model_.graph.node(id).op);
    const double scale = values(id, Role::scale)[channel];
    if (norm == nullptr) return scale;
    return scale / std::sqrt(double{values(id, Role::variance)[channel]} + norm->epsilon);
  }

  /// False, with nothing done, where a number would be no float: a variance below 0 or without an
  /// epsilon, say.
  bool take_in(NodeId host, NodeId affine) {
    const std::span<float> weights = values(host, Role::weight), bias = values(host, Role::bias);
    const std::span<float> mean = values(affine, Role::mean), shift = values(affine, Role::shift);
    std::vector<float> new_weights(weights.begin(), weights.end()), new_bias;
    const std::size_t columns = weights.size() / bias.size();
    for (std::size_t row = 0; row < bias.size(); ++row) {
      const double by = factor(affine, row);
      const double centred = double{bias[row]} - (mean.empty() ? 0.0 : double{mean[row]});
      new_bias.push_back(static_cast<float>(by * centred + shift[row]));
      for (float& weight : std::span(new_weights).subspan(row * columns, columns))
        weight = static_cast<float>(by * weight);
    }
    if (!are_finite(new_weights) || !are_finite(new_bias)) return false;
    std::ranges::copy(new_weights, weights.begin());
    std::ranges::copy(new_bias, bias.begin());
    return true;
  }

  Model& model_;
  std::vector<ParameterSpec> specs_;
  std::vector<std::vector<NodeId>> readers_;
  std::vector<NodeId> hosts_;
};

/// The model with the nodes alone that are their own hosts.
Model without_folded(Model model, const std::vector<NodeId>& hosts) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  Model rest{{}, {}, {}};
  for (std::size_t i = 0; i < specs.size(); ++i)
    if (hosts[place_of_node(specs[i].node)] == specs[i].node)
      rest.parameters.push_back(std::move(model.parameters[i]));
  std::vector<NodeId> numbers(hosts.size());
  const auto renumber = [&](NodeId& id) { id = numbers[place_of_node(hosts[place_of_node(id)])]; };
  for (NodeId id = 0; std::cmp_less(id, hosts.size()); ++id) {
    if (hosts[place_of_node(id)] != id) continue;
    numbers[place_of_node(id)] = static_cast<NodeId>(rest.graph.nodes.size());
    rest.graph.nodes.push_back(std::move(model.graph.node(id)));
    std::ranges::for_each(rest.graph.nodes.back().inputs, renumber);
  }
  std::ranges::for_each(model.graph.outputs, renumber);
  model.graph.nodes = std::move(rest.graph.nodes);
  model.parameters = std::move(rest.parameters);
  model.sensitivities.clear();
  return model;
}

}  // namespace

Model fold_affines(Model model) {
  const std::vector<NodeId> hosts = AffineFolder(model).fold();
  return without_folded(std::move(model), hosts);
}

}  // namespace karnin
