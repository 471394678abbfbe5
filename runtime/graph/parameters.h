// The trainable tensors of a network, and the one way to find one of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/graph/graph.h"

namespace karnin {

/// "conv1.weight" (oc, ic, kh, kw), "fc1.weight" (oc, ic), "fc1.bias" (oc).
struct ParameterSpec {
  std::string name;
  NodeId node = 0;
  Role role = Role::weight;
  Dims dims;
};

/// The tensors of every trainable node, in node order, those of a node in the order of roles.
/// Throws ShapeError for an unsound graph and for more than kMaxElements weights.
std::vector<ParameterSpec> parameter_specs(const Graph& graph);

/// Where in parameter_specs() the tensor of this role of a node is; nothing where it has none.
std::optional<std::size_t> find_parameter(std::span<const ParameterSpec> specs, NodeId node,
                                          Role role);

}  // namespace karnin
