// A network as a picture: the language of Graphviz.
#pragma once

#include <string>

#include "runtime/graph/graph.h"

namespace karnin {

/// A box a node, with its op and its extent, and an arrow for each input. For `dot -Tsvg`. Throws
/// ShapeError for an unsound graph.
std::string dot_text(const Graph& graph);

}  // namespace karnin
