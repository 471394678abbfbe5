#include "runtime/core/architecture.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "runtime/core/overloaded.h"

namespace karnin {
namespace {

[[noreturn]] void reject(const Node& node, const std::string& problem) {
  throw ShapeError("layer '" + node.name + "': " + problem);
}

void require(const Node& node, bool holds, const std::string& problem) {
  if (!holds) reject(node, problem);
}

std::string to_string(const Extent& e) {
  return std::to_string(e.c) + "x" + std::to_string(e.h) + "x" + std::to_string(e.w);
}

bool in_range(std::int64_t value) { return value >= 1 && value <= kMaxDim; }

/// Length of one axis after a window of `kernel` slides over it by `stride`.
std::int64_t window_count(const Node& node, std::int64_t length, std::int64_t kernel,
                          std::int64_t stride, std::int64_t padding) {
  require(node, in_range(kernel) && in_range(stride), "kernel and stride must be in 1..2^20");
  require(node, padding >= 0 && padding < kernel, "padding must be in 0..kernel - 1");
  require(node, length + 2 * padding >= kernel,
          "kernel " + std::to_string(kernel) + " exceeds the padded input of " +
              std::to_string(length + 2 * padding));
  return (length + 2 * padding - kernel) / stride + 1;
}

void check_extent(const Node& node, const Extent& e) {
  require(node,
          in_range(e.c) && in_range(e.h) && in_range(e.w) &&
              checked_mul(checked_mul(e.c, e.h), e.w) <= kMaxElements,
          "output " + to_string(e) + " is out of range: expected 1 to " + std::to_string(kMaxDim) +
              " a side and at most " + std::to_string(kMaxElements) + " in all");
}

/// Adds the weights to those of all layers before. No dimension exceeds kMaxElements (2^28), so
/// that checking after each factor cannot overflow.
void add_weights(const Node& node, const Dims& dims, std::int64_t& all) {
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) {
    count *= dim;
    require(node, all + count <= kMaxElements,
            "expected at most " + std::to_string(kMaxElements) +
                " weights in the layers up to here, got " + std::to_string(all + count) +
                " or more");
  }
  all += count;
}

}  // namespace

Extent dst_extent(const Node& node, const Extent& src) {
  const Extent dst = std::visit(
      Overloaded{[&](const Conv2d& s) {
                   return Extent{s.oc, window_count(node, src.h, s.kh, s.sh, s.ph),
                                 window_count(node, src.w, s.kw, s.sw, s.pw)};
                 },
                 [&](const Pool2d& s) {
                   return Extent{src.c, window_count(node, src.h, s.kh, s.sh, s.ph),
                                 window_count(node, src.w, s.kw, s.sw, s.pw)};
                 },
                 [&](const Relu&) { return src; },
                 [&](const FullyConnected& s) { return Extent{s.oc, 1, 1}; },
                 [&](const Dropout& s) {
                   require(node, s.rate >= 0.0F && s.rate < 1.0F, "dropout rate must be in [0, 1)");
                   return src;
                 }},
      node.spec);
  check_extent(node, dst);
  return dst;
}

std::vector<Extent> infer_extents(const Architecture& architecture) {
  if (architecture.nodes.empty() || architecture.nodes.size() > kMaxNodes)
    throw ShapeError("architecture: expected 1 to " + std::to_string(kMaxNodes) + " layers, got " +
                     std::to_string(architecture.nodes.size()));
  check_extent(Node{"input", Relu{}, {}}, architecture.input);
  std::vector<Extent> extents;
  std::set<std::string_view> names;
  for (const Node& node : architecture.nodes) {
    const int index = static_cast<int>(extents.size());
    require(node, !node.name.empty() && names.insert(node.name).second,
            "names must be unique and not empty");
    require(node, node.inputs.size() == 1,
            "expected one input, got " + std::to_string(node.inputs.size()));
    require(node, node.inputs[0] == index - 1,
            "its input must be the layer before it: only chains are supported");
    const Extent src = index == 0 ? architecture.input : extents[index - 1];
    extents.push_back(dst_extent(node, src));
  }
  require(architecture.nodes.back(), extents.back().h == 1 && extents.back().w == 1,
          "the last layer must give one value a class, not " + to_string(extents.back()));
  return extents;
}

std::vector<ParameterSpec> parameter_specs(const Architecture& architecture) {
  const std::vector<Extent> extents = infer_extents(architecture);
  std::vector<ParameterSpec> specs;
  std::int64_t weights = 0;
  const auto add = [&](int index, Dims weight_dims) {
    const std::string& name = architecture.nodes[index].name;
    add_weights(architecture.nodes[index], weight_dims, weights);
    const std::int64_t oc = weight_dims.front();
    for (auto& [role, dims] :
         {std::pair(Role::weight, weight_dims), std::pair(Role::bias, Dims{oc})})
      specs.push_back({name + "." + std::string(to_string(role)), index, role, dims});
  };
  for (int i = 0; i < static_cast<int>(extents.size()); ++i) {
    const Extent& src = i == 0 ? architecture.input : extents[i - 1];
    const LayerSpec& spec = architecture.nodes[i].spec;
    if (const auto* conv = std::get_if<Conv2d>(&spec))
      add(i, {conv->oc, src.c, conv->kh, conv->kw});
    if (const auto* fc = std::get_if<FullyConnected>(&spec)) add(i, {fc->oc, src.size()});
  }
  return specs;
}

std::optional<std::size_t> find_parameter(std::span<const ParameterSpec> specs, int node,
                                          Role role) {
  const auto at = [](const ParameterSpec& spec) { return std::tuple(spec.node, spec.role); };
  const auto found = std::ranges::lower_bound(specs, std::tuple(node, role), {}, at);
  if (found == specs.end() || at(*found) != std::tuple(node, role)) return std::nullopt;
  return static_cast<std::size_t>(found - specs.begin());
}

std::optional<int> find_node(const Architecture& architecture, std::string_view name) {
  const auto found = std::ranges::find(architecture.nodes, name, &Node::name);
  if (found == architecture.nodes.end()) return std::nullopt;
  return static_cast<int>(found - architecture.nodes.begin());
}

}  // namespace karnin
