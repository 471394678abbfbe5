// From the nodes of a graph to prepared layers that keep images in the lanes.
#pragma once

#include "runtime/layers/assemble.h"

namespace karnin {

/// Images are put into lanes in front and logits taken out of them at the end; between, nothing is
/// ever reordered. Throws ShapeError for an unsound graph.
Assembly assemble_lanes(const Graph& graph, const ChainOptions& options);

}  // namespace karnin
