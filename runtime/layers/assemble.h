// From the nodes of a graph to prepared layers whose layouts fit together.
#pragma once

#include <memory>
#include <vector>

#include "runtime/layers/chain.h"

namespace karnin {

struct Assembly {
  std::vector<std::unique_ptr<Layer>> layers;
  std::vector<int> nodes;  ///< of each layer, as in Chain::node_of()
};

/// Reorders are inserted where a layer wants another layout than it is offered; the logits are
/// plain rows. Throws ShapeError for an unsound graph, Error when oneDNN fails.
Assembly assemble(const Graph& graph, const ChainOptions& options);

}  // namespace karnin
