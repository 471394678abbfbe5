#include "runtime/graph/parameters.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "runtime/core/error.h"

namespace karnin {
namespace {

/// Adds the weights to those of all layers before. No dimension exceeds kMaxElements (2^28), so
/// that checking after each factor cannot overflow.
void add_weights(const Node& node, const Dims& dims, std::int64_t& all) {
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) {
    count *= dim;
    if (all + count > kMaxElements)
      throw ShapeError("layer '" + node.name + "': expected at most " +
                       std::to_string(kMaxElements) + " weights in the layers up to here, got " +
                       std::to_string(all + count) + " or more");
  }
  all += count;
}

}  // namespace

std::vector<ParameterSpec> parameter_specs(const Graph& graph) {
  const std::vector<Extent> extents = infer_extents(graph);
  std::vector<ParameterSpec> specs;
  std::int64_t weights = 0;
  for (NodeId id = 0; std::cmp_less(id, graph.nodes.size()); ++id) {
    const Node& node = graph.node(id);
    for (auto& [role, dims] : parameters(node.op, source_extents(graph, extents, id))) {
      if (role == Role::weight) add_weights(node, dims, weights);
      specs.push_back({node.name + "." + std::string(to_string(role)), id, role, std::move(dims)});
    }
  }
  return specs;
}

std::optional<std::size_t> find_parameter(std::span<const ParameterSpec> specs, NodeId node,
                                          Role role) {
  const auto at = [](const ParameterSpec& spec) { return std::tuple(spec.node, spec.role); };
  const auto found = std::ranges::lower_bound(specs, std::tuple(node, role), {}, at);
  if (found == specs.end() || at(*found) != std::tuple(node, role)) return std::nullopt;
  return static_cast<std::size_t>(found - specs.begin());
}

}  // namespace karnin
