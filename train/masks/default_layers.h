// What is pruned unless somebody says otherwise.
#pragma once

#include <string>
#include <vector>

#include "runtime/graph/graph.h"

namespace karnin {

/// Every fully connected layer but the last: fc1 and fc2 in the paper's network, which prunes
/// these. A network with one such layer gets that one, and one without any all of its convolutions.
std::vector<std::string> default_layers(const Graph& graph);

}  // namespace karnin
