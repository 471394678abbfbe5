#include "train/experiments/prunings.h"

#include <algorithm>

#include "runtime/core/counter_rng.h"
#include "runtime/core/named_enum.h"

namespace karnin {
namespace {

constexpr EnumNames<Control, 3> kControlNames{
    {{Control::random_same_count, "random-same-count"},
     {Control::shuffled, "shuffled"},
     {Control::magnitude_same_count, "magnitude-same-count"}}};

// A control must not draw the very weights that a random pruning of the same seed draws.
constexpr std::uint64_t kControlStream = 0x636f6e74726f6c;  // "control"

/// Share of the weights of these layers that are pruned, now or before.
double pruned_share(const Model& model, const std::vector<std::string>& layers) {
  std::int64_t pruned = 0;
  std::int64_t all = 0;
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (std::size_t p = 0; p < specs.size(); ++p) {
    const Node& node = model.graph.node(specs[p].node);
    if (specs[p].role != Role::weight || std::ranges::count(layers, node.name) == 0) continue;
    const Parameter& parameter = model.parameters[p];
    pruned += std::ranges::count(parameter.mask, std::uint8_t{0});
    all += parameter.value.size();
  }
  return all == 0 ? 0 : static_cast<double>(pruned) / static_cast<double>(all);
}

PruneReport prune_share(Model& model, const Model& original, PruneOptions options) {
  options.until = Sparsity{pruned_share(original, options.layers)};
  return prune(model, options);
}

}  // namespace

std::string_view to_string(Control control) { return name_of(kControlNames, control); }

Pruning pruning_by(PruneOptions options) {
  return [options = std::move(options)](Model& model) { return prune(model, options); };
}

Pruning control_of(PruneOptions options, Control control, std::uint64_t seed) {
  return [options = std::move(options), control, seed](Model& model) {
    Model original = model;
    const PruneReport removed = prune(original, options);
    PruneOptions other = options;
    other.method =
        control == Control::magnitude_same_count ? PruneMethod::magnitude : PruneMethod::random;
    other.seed = hash(seed, kControlStream, static_cast<std::uint64_t>(control));
    other.scope = control == Control::random_same_count ? Scope::global : Scope::layer;
    if (other.scope == Scope::global) return prune_share(model, original, other);

    PruneReport report;
    for (const PruneReport::LayerCount& layer : removed.layers) {
      other.layers = {layer.layer};
      report.layers.push_back(prune_share(model, original, other).layers.front());
    }
    return report;
  };
}

}  // namespace karnin
