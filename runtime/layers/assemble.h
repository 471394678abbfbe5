// From the nodes of an architecture to prepared layers whose layouts fit together.
#pragma once

#include <memory>
#include <vector>

#include "runtime/layers/chain.h"

namespace karnin {

struct Assembly {
  std::vector<std::unique_ptr<Layer>> layers;
  /// Per layer the index of its weight in parameter_specs(), its bias next to it; or kNoParameters.
  std::vector<int> parameters;
};

inline constexpr int kNoParameters = -1;

/// Reorders are inserted where a layer wants another layout than it is offered; the logits are
/// plain rows. Throws ShapeError for an unsound architecture, Error when oneDNN fails.
Assembly assemble(const Architecture& architecture, const ChainOptions& options);

}  // namespace karnin
