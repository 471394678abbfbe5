// Functions of one number: Relu, LeakyRelu, PRelu, Elu, Sigmoid, Tanh, HardSigmoid, HardSwish;
// Clip, Min and Max.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "formats/exchange/onnx_broadcast.h"
#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

constexpr float kNoBound = std::numeric_limits<float>::infinity();

/// A node of its own whose elements are where those of its input are.
OnnxView elementwise(OnnxDraft& draft, const OnnxNode& node, const OnnxView& src, const Op& op) {
  return moved_to(draft.add(node.name(), op, {src.node}), src);
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

}  // namespace

OnnxValue build_relu(OnnxDraft& draft, const OnnxNode& node) {
  return elementwise(draft, node, node.view(0), Relu{});
}

OnnxValue build_activation(OnnxDraft& draft, const OnnxNode& node) {
  return elementwise(draft, node, node.view(0), activation_of(node));
}

OnnxValue build_clip(OnnxDraft& draft, const OnnxNode& node) {
  return clipped(draft, node, node.view(0), bound(node, 1, "min", -kNoBound),
                 bound(node, 2, "max", kNoBound));
}

/// Of one value and numbers, which is how some write a Clip.
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
    OnnxNode::require(!src.has_value(), "expected one value that depends on the image, got two");
    src = node.view(i);
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
