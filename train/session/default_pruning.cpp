#include "train/session/default_pruning.h"

#include <fmt/core.h>

#include "formats/report/quantity.h"

namespace karnin {

PruneOptions default_pruning(const Graph& graph) {
  PruneOptions options;
  options.until = Sparsity{kDefaultSparsity};
  options.layers = default_layers(graph);
  return options;
}

void tell_pruned_beyond(const Model& model, const PruneOptions& options, const Watcher& watcher) {
  for (const PruneReport::LayerCount& group : pruned_beyond(model, options))
    watcher.tell(fmt::format(
        "{}: {} of {} weights are pruned already, more than the {} asked for: they "
        "stay pruned",
        group.layer, count(group.pruned), count(group.weights), percent(*sparsity_of(options))));
}

}  // namespace karnin
