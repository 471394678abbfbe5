#include "train/pruning/shrink.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace karnin {
namespace {

using Flags = std::vector<std::uint8_t>;

/// A trainable node and where its parameters are.
struct Trainable {
  NodeId node;
  std::size_t weights, bias;
};

/// A trainable layer and the one that alone reads it. Between them, whatever stands there treats
/// every unit alike and leaves a constant one constant: ReLU, dropout, pooling (which leaves
/// padding out).
struct Link {
  Trainable src, dst;
  bool relu = false;    ///< between them
  bool padded = false;  ///< dst sees zeros around its input
};

class LinkFinder {
 public:
  explicit LinkFinder(const Graph& graph)
      : graph_(graph), specs_(parameter_specs(graph)), readers_(readers_of(graph)) {}

  std::vector<Link> links() const {
    std::vector<Link> links;
    for (NodeId id = 0; std::cmp_less(id, graph_.nodes.size()); ++id)
      if (const auto src = trainable(id))
        if (const auto link = link_from(*src)) links.push_back(*link);
    return links;
  }

 private:
  std::optional<Trainable> trainable(NodeId id) const {
    const Op& op = graph_.node(id).op;
    const auto* conv = std::get_if<Conv2d>(&op);
    const bool grouped = conv != nullptr && conv->groups != 1;  // whose channels are not all alike
    if (!traits(op).trainable || grouped) return std::nullopt;
    return Trainable{id, find_parameter(specs_, id, Role::weight).value(),
                     find_parameter(specs_, id, Role::bias).value()};
  }

  std::optional<Link> link_from(const Trainable& src) const {
    bool relu = false;
    for (NodeId at = src.node; std::ranges::count(graph_.outputs, at) == 0;) {
      const std::vector<NodeId>& readers = readers_[static_cast<std::size_t>(at)];
      if (readers.size() != 1) return std::nullopt;
      at = readers.front();
      const Op& op = graph_.node(at).op;
      const auto* conv = std::get_if<Conv2d>(&op);
      const bool padded = conv != nullptr && !(conv->ph.is_none() && conv->pw.is_none());
      if (const auto dst = trainable(at)) return Link{src, *dst, relu, padded};
      if (!traits(op).keeps_units) return std::nullopt;
      relu = relu || is<Relu>(op);
    }
    return std::nullopt;
  }

  const Graph& graph_;
  std::vector<ParameterSpec> specs_;
  std::vector<std::vector<NodeId>> readers_;
};

/// A tensor as (outer, units, inner): the rows of a layer are its own units, its columns those of
/// the layer before, each a window or all pixels of a channel.
struct Cut {
  std::size_t outer, units, inner;
  std::size_t axis;
};

Cut rows_of(const Tensor& tensor) {
  const auto rows = static_cast<std::size_t>(tensor.dims()[0]);
  return {1, rows, tensor.span().size() / rows, 0};
}

Cut columns_of(const Tensor& tensor, std::size_t units) {
  const auto rows = static_cast<std::size_t>(tensor.dims()[0]);
  return {rows, units, tensor.span().size() / rows / units, 1};
}

/// visit(unit, element) for all elements.
template <typename Visit>
void for_each(const Cut& cut, const Visit& visit) {
  for (std::size_t o = 0, i = 0; o < cut.outer; ++o)
    for (std::size_t u = 0; u < cut.units; ++u)
      for (std::size_t end = i + cut.inner; i < end; ++i) visit(u, i);
}

/// Which units have nothing but zeros.
Flags all_zero(const Tensor& tensor, const Cut& cut) {
  Flags zero(cut.units, 1);
  for_each(cut, [&](std::size_t unit, std::size_t i) {
    if (tensor.span()[i] != 0) zero[unit] = 0;
  });
  return zero;
}

Tensor without(const Tensor& tensor, const Cut& cut, const Flags& removed) {
  Dims dims = tensor.dims();
  std::int64_t& dim = dims[cut.axis];
  dim = dim / static_cast<std::int64_t>(cut.units) * std::ranges::count(removed, 0);
  Tensor narrow(std::move(dims));
  float* to = narrow.data();
  for_each(cut, [&](std::size_t unit, std::size_t i) {
    if (removed[unit] == 0) *to++ = tensor.span()[i];
  });
  return narrow;
}

Mask without(const Mask& mask, const Cut& cut, const Flags& removed) {
  Mask narrow;
  if (mask.empty()) return narrow;
  for_each(cut, [&](std::size_t unit, std::size_t i) {
    if (removed[unit] == 0) narrow.push_back(mask[i]);
  });
  return narrow;
}

void remove(Model& model, std::size_t p, const Cut& cut, const Flags& removed) {
  Parameter& parameter = model.parameters[p];
  parameter.mask = without(parameter.mask, cut, removed);
  parameter.value = without(parameter.value, cut, removed);
  for (Sensitivity& sensitivity : model.sensitivities)
    sensitivity.values[p] = without(sensitivity.values[p], cut, removed);
}

/// What every pixel of a unit without inputs is when it reaches the next layer.
float output_of(const Model& model, const Link& link, std::size_t unit) {
  const float bias = model.parameters[link.src.bias].value.span()[unit];
  return link.relu ? std::max(bias, 0.0F) : bias;
}

/// Adds what the constant units give to the biases behind them.
void fold(Model& model, const Link& link, const Flags& constant) {
  const Tensor& weights = model.parameters[link.dst.weights].value;
  const Cut cut = columns_of(weights, constant.size());
  std::vector<double> sums(cut.outer);
  for_each(cut, [&](std::size_t unit, std::size_t i) {
    if (constant[unit] != 0)
      sums[i / (cut.units * cut.inner)] += double{weights.span()[i]} * output_of(model, link, unit);
  });
  Parameter& bias = model.parameters[link.dst.bias];
  for (std::size_t o = 0; o < sums.size(); ++o) {
    if (sums[o] == 0) continue;
    bias.value.span()[o] = static_cast<float>(bias.value.span()[o] + sums[o]);
    if (!bias.mask.empty()) bias.mask[o] = 1;
  }
}

struct Removal {
  Flags constant, unused;  ///< no unit is both
};

/// What can go from the layer in front of the link; one unit always stays.
Removal choose(const Model& model, const Link& link) {
  const Tensor& weights = model.parameters[link.src.weights].value;
  Removal removal{all_zero(weights, rows_of(weights)), {}};
  const std::size_t units = removal.constant.size();
  const Tensor& next = model.parameters[link.dst.weights].value;
  removal.unused = all_zero(next, columns_of(next, units));
  for (std::size_t u = 0; u < units; ++u)
    if (removal.unused[u] != 0 || (link.padded && output_of(model, link, u) != 0))
      removal.constant[u] = 0;
  const auto is_left = [&](std::size_t u) { return !removal.constant[u] && !removal.unused[u]; };
  bool any_left = false;
  for (std::size_t u = 0; u < units; ++u) any_left = any_left || is_left(u);
  if (!any_left) removal.constant[0] = removal.unused[0] = 0;
  return removal;
}

void set_units(Op& op, std::int64_t units) {
  if (auto* conv = std::get_if<Conv2d>(&op)) conv->oc = units;
  if (auto* fc = std::get_if<FullyConnected>(&op)) fc->oc = units;
}

/// True if anything was removed.
bool shrink_layer(Model& model, const Link& link, ShrinkReport::LayerCount& count) {
  const auto& [constant, unused] = choose(model, link);
  const auto constants = std::ranges::count(constant, 1), unuseds = std::ranges::count(unused, 1);
  if (constants + unuseds == 0) return false;
  fold(model, link, constant);
  Flags removed = constant;
  for (std::size_t u = 0; u < removed.size(); ++u) removed[u] |= unused[u];
  const Tensor& next = model.parameters[link.dst.weights].value;
  remove(model, link.dst.weights, columns_of(next, removed.size()), removed);
  for (const std::size_t p : {link.src.weights, link.src.bias})
    remove(model, p, rows_of(model.parameters[p].value), removed);
  set_units(model.graph.node(link.src.node).op, std::ranges::count(removed, 0));
  count.constant += constants;
  count.unused += unuseds;
  return true;
}

}  // namespace

ShrinkReport shrink(Model& model) {
  validate(model);
  const std::vector<Link> links = LinkFinder(model.graph).links();
  ShrinkReport report;
  for (const Link& link : links)
    report.layers.push_back(
        {model.graph.node(link.src.node).name, model.parameters[link.src.weights].value.dims()[0]});
  // A unit that goes takes weights along, and leaves others without inputs or outputs.
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < links.size(); ++i)
      changed = shrink_layer(model, links[i], report.layers[i]) || changed;
  }
  validate(model);
  return report;
}

}  // namespace karnin
