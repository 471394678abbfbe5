#include "cli/pruning.h"

#include "cli/provenance.h"
#include "runtime/core/error.h"

namespace karnin::cli {

std::vector<std::string> default_layers(const Architecture& architecture) {
  std::vector<std::string> layers;
  for (const Node& node : architecture.nodes)
    if (std::holds_alternative<FullyConnected>(node.spec)) layers.push_back(node.name);
  if (layers.size() > 1) layers.pop_back();
  if (!layers.empty()) return layers;
  for (const Node& node : architecture.nodes)
    if (std::holds_alternative<Conv2d>(node.spec)) layers.push_back(node.name);
  return layers;
}

PruneOptions default_pruning(const Architecture& architecture) {
  PruneOptions options;
  options.sparsity = kDefaultSparsity;
  options.layers = default_layers(architecture);
  return options;
}

std::string_view to_string(Scope scope) { return scope == Scope::layer ? "layer" : "global"; }

Scope scope_from_string(std::string_view name) {
  for (const Scope scope : {Scope::layer, Scope::global})
    if (name == to_string(scope)) return scope;
  throw ArgumentError("unknown scope '" + std::string(name) + "': expected layer or global");
}

PruneReport prune_and_note(Model& model, const PruneOptions& options) {
  const PruneReport report = prune(model, options);
  nlohmann::ordered_json entry{{"verb", "prune"},
                               {"method", to_string(options.method)},
                               {"normalise", to_string(options.normalisation)},
                               {"sign", to_string(options.sign)},
                               {"scope", to_string(options.scope)}};
  if (options.threshold) entry["threshold"] = *options.threshold;
  if (options.sparsity) entry["sparsity"] = *options.sparsity;
  entry["layers"] = options.layers;
  if (options.method == PruneMethod::random) entry["seed"] = options.seed;
  append_provenance(model, std::move(entry));
  return report;
}

}  // namespace karnin::cli
