// Functions of one number: Relu, LeakyRelu, PRelu, Elu, Selu, Celu, Sigmoid, Tanh, HardSigmoid,
// HardSwish, Clip; Min and Max.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "formats/exchange/onnx_broadcast.h"
#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

constexpr float kNoBound = std::numeric_limits<float>::infinity();

/// A node of its own whose elements are where those of its input are.
OnnxView elementwise(OnnxDraft& draft, const OnnxNode& node, const OnnxView& src, const Op& op) {
  return moved_to(draft.add(node.name(), op, {src.node}), src);
}

/// A batch that is joined with positions may stay so.
OnnxValue elementwise(OnnxDraft& draft, const OnnxNode& node, const Op& op) {
  if (const auto* guise = std::get_if<OnnxGuise>(&node.value(0)))
    return disguised(elementwise(draft, node, guise->view, op), guise->dims);
  return elementwise(draft, node, node.view(0), op);
}

/// By the operator's name, with the defaults that ONNX has.
Activation activation_of(const OnnxNode& node) {
  const std::string& op = node.op();
  if (op == "LeakyRelu") return {ActivationKind::leaky_relu, node.real("alpha", 0.01F)};
  if (op == "Elu") return {ActivationKind::elu, node.real("alpha", 1.0F)};
  if (op == "HardSigmoid")
    return {ActivationKind::hard_sigmoid, node.real("alpha", 0.2F), node.real("beta", 0.5F)};
  if (op == "HardSwish") return {ActivationKind::hard_swish};
  return {op == "Tanh" ? ActivationKind::tanh : ActivationKind::sigmoid};
}

/// The largest floats are how older files say that there is no bound.
OnnxView clipped(OnnxDraft& draft, const OnnxNode& node, const OnnxView& src, float least,
                 float most) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  if (least <= -kLargest) least = -kNoBound;
  if (most >= kLargest) most = kNoBound;
  if (least == -kNoBound && most == kNoBound) return src;
  if (least == 0 && most == kNoBound) return elementwise(draft, node, src, Relu{});
  return elementwise(draft, node, src, Activation{ActivationKind::clip, least, most});
}

float only_value(const OnnxNode& node, std::size_t input) {
  const Reals& values = node.reals_at(input);
  OnnxNode::require(values.size() == 1, fmt::format("input {}: expected one number, got {}", input,
                                                    to_string(node.constant(input).dims())));
  return values.front();
}

/// Of Clip: an attribute up to opset 10, an input from 11 on.
float bound(const OnnxNode& node, std::size_t input, std::string_view attribute, float none) {
  return node.has(input) ? only_value(node, input) : node.real(attribute, none);
}

/// The larger of two values at each place, or the smaller: one lies above the other in an image,
/// and a window covers both.
OnnxView extreme(OnnxDraft& draft, const OnnxNode& node, const OnnxView& a, const OnnxView& b) {
  OnnxNode::require(a.dims == b.dims, fmt::format("expected values of one size, got {} and {}",
                                                  to_string(a.dims), to_string(b.dims)));
  const std::int64_t size = a.size();
  const auto turned = [&](NodeId id) {
    return node.op() == "Max" ? id : draft.scaled(node.name(), id, -1);
  };
  const NodeId both = draft.add(
      node.name(), Concat{}, {laid_out(draft, a, {1, 1, size}), laid_out(draft, b, {1, 1, size})});
  const NodeId window = draft.add(node.name(), Pool2d{PoolKind::max, 2, 1, 2, 1},
                                  {turned(draft.reshaped(both, {1, 2, size}))});
  return plain_view(turned(window), a.dims, a.batched);
}

}  // namespace

OnnxValue build_relu(OnnxDraft& draft, const OnnxNode& node) {
  return elementwise(draft, node, Relu{});
}

OnnxValue build_activation(OnnxDraft& draft, const OnnxNode& node) {
  return elementwise(draft, node, activation_of(node));
}

/// gamma elu(x)
OnnxValue build_selu(OnnxDraft& draft, const OnnxNode& node) {
  const float alpha = node.real("alpha", 1.67326319F), gamma = node.real("gamma", 1.05070102F);
  const OnnxView elu =
      elementwise(draft, node, node.view(0), Activation{ActivationKind::elu, alpha});
  return moved_to(draft.scaled(node.name(), elu.node, gamma), elu);
}

/// alpha elu(x / alpha)
OnnxValue build_celu(OnnxDraft& draft, const OnnxNode& node) {
  const float alpha = node.real("alpha", 1.0F);
  const Activation elu{ActivationKind::elu, 1.0F};
  if (alpha == 1) return elementwise(draft, node, node.view(0), elu);
  const OnnxView& src = node.view(0);
  const NodeId inside = draft.scaled(node.name(), src.node, 1 / alpha);
  const NodeId id = draft.add(node.name(), elu, {inside});
  return moved_to(draft.scaled(node.name(), id, alpha), src);
}

OnnxValue build_clip(OnnxDraft& draft, const OnnxNode& node) {
  return clipped(draft, node, node.view(0), bound(node, 1, "min", -kNoBound),
                 bound(node, 2, "max", kNoBound));
}

/// Of values and numbers; of one value this is how some write a Clip.
OnnxValue build_bound(OnnxDraft& draft, const OnnxNode& node) {
  const bool is_max = node.op() == "Max";
  std::optional<OnnxView> src;
  float number = is_max ? -kNoBound : kNoBound;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (node.is_constant(i)) {
      number =
          is_max ? std::max(number, only_value(node, i)) : std::min(number, only_value(node, i));
      continue;
    }
    src = src ? extreme(draft, node, *src, node.view(i)) : node.view(i);
  }
  OnnxNode::require(src.has_value(), "expected a value that depends on the image, got none");
  return clipped(draft, node, *src, is_max ? number : -kNoBound, is_max ? kNoBound : number);
}

/// Up to opset 6 slopes are those of the second axis, as most are later.
OnnxValue build_prelu(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxView& src = node.view(0);
  OnnxConstant slope = node.constant(1);
  node.reals_at(1);
  if (node.opset() < 7 && slope.dims().size() == 1 && src.dims.size() > 1) {
    Dims dims(src.dims.size() - 1, 1);
    dims.front() = slope.dims().front();
    slope = slope.with_dims(std::move(dims));
  }
  const auto [from, values] = spread(draft, src, slope);
  const NodeId id = draft.add(node.name(), PRelu{}, {from});
  draft.set(id, Role::slope, values);
  return moved_to(id, src);
}

}  // namespace karnin
