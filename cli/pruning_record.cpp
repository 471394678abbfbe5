#include "cli/pruning_record.h"

#include <fmt/core.h>

#include "cli/options_json.h"
#include "cli/provenance.h"
#include "cli/quantity.h"

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

void tell_pruned_beyond(const Model& model, const PruneOptions& options, const Watcher& watcher) {
  for (const PruneReport::LayerCount& group : pruned_beyond(model, options))
    watcher.tell(fmt::format(
        "{}: {} of {} weights are pruned already, more than the {} asked for: they "
        "stay pruned",
        group.layer, count(group.pruned), count(group.weights), percent(*options.sparsity)));
}

PruneReport prune_and_note(Model& model, const PruneOptions& options) {
  const PruneReport report = prune(model, options);
  nlohmann::ordered_json entry{{"verb", "prune"}};
  entry.update(to_json(options));
  append_provenance(model, std::move(entry));
  return report;
}

}  // namespace karnin::cli
