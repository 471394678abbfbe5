#include "train/masks/default_layers.h"

namespace karnin {

std::vector<std::string> default_layers(const Graph& graph) {
  std::vector<std::string> layers;
  for (const Node& node : graph.nodes)
    if (std::holds_alternative<FullyConnected>(node.op)) layers.push_back(node.name);
  if (layers.size() > 1) layers.pop_back();
  if (!layers.empty()) return layers;
  for (const Node& node : graph.nodes)
    if (std::holds_alternative<Conv2d>(node.op)) layers.push_back(node.name);
  return layers;
}

}  // namespace karnin
