// Add, Sub, Mul, Div, Sum, Neg: of two values of the image, of one and a constant, of two
// constants; Mod of constants.
#include <fmt/format.h>

#include <algorithm>

#include "formats/exchange/onnx_broadcast.h"
#include "formats/exchange/onnx_constant_arithmetic.h"
#include "formats/exchange/onnx_operators.h"
#include "formats/exchange/onnx_pairs.h"

namespace karnin {
namespace {

/// Up to opset 6 a constant is laid along the axes from `axis` on, or along the last ones.
OnnxConstant placed(const OnnxNode& node, const OnnxConstant& constant, const OnnxView& view) {
  OnnxNode::require(constant.is_real(), "expected a constant of reals, got whole numbers");
  node.integer("broadcast", 1);
  if (!node.has_attribute("axis")) return constant;
  Dims dims = constant.dims();
  const std::size_t axis = checked_axis(node.integer("axis", 0), view.dims.size());
  dims.resize(std::max(dims.size(), view.dims.size() - axis), 1);
  return constant.with_dims(std::move(dims));
}

/// A constant behind a layer that nobody else reads is that layer's bias.
bool add_to_bias(OnnxDraft& draft, const OnnxView& view, const OnnxConstant& constant, float sign) {
  const Op& op = draft.node(view.node).op;
  if (!view.sole || !(is<Conv2d>(op) || is<FullyConnected>(op))) return false;
  const auto values = by_channel(draft, view, constant);
  if (!values) return false;
  Tensor& bias = draft.parameter(view.node, Role::bias);
  for (std::size_t c = 0; c < values->size(); ++c) bias.data()[c] += sign * (*values)[c];
  return true;
}

/// scale x + shift = x op value, or value op x.
struct Line {
  float scale = 1, shift = 0;
};

Line line_of(const std::string& op, float value, bool first) {
  if (op == "Add") return {1, value};
  if (op == "Sub") return first ? Line{-1, value} : Line{1, -value};
  return {op == "Mul" ? value : 1 / value, 0};
}

OnnxView affine(OnnxDraft& draft, const OnnxNode& node, const std::string& op, const OnnxView& view,
                const OnnxConstant& constant, bool first) {
  const auto [src, values] = spread(draft, view, constant);
  const NodeId id = draft.add(node.name(), ChannelAffine{}, {src});
  Reals scale, shift;
  for (const float value : values) {
    const Line line = line_of(op, value, first);
    scale.push_back(line.scale);
    shift.push_back(line.shift);
  }
  draft.set(id, Role::scale, scale);
  draft.set(id, Role::shift, shift);
  return moved_to(id, view);
}

/// The constant is the first of the two, or the second.
OnnxView with_constant(OnnxDraft& draft, const OnnxNode& node, const std::string& op,
                       const OnnxView& view, const OnnxConstant& value, bool first) {
  OnnxNode::require(!first || op != "Div", "expected a divisor that is constant, or no constant");
  const OnnxConstant constant = placed(node, value, view);
  if (op == "Add" && add_to_bias(draft, view, constant, 1)) return view;
  if (op == "Sub" && !first && add_to_bias(draft, view, constant, -1)) return view;
  return affine(draft, node, op, view, constant, first);
}

OnnxValue combined(OnnxDraft& draft, const OnnxNode& node, const std::string& op,
                   const OnnxValue& a, const OnnxValue& b) {
  for (const OnnxValue* value : {&a, &b})
    if (const auto* guise = std::get_if<OnnxGuise>(value)) OnnxNode::refuse(*guise);
  const auto* left = std::get_if<OnnxConstant>(&a);
  const auto* right = std::get_if<OnnxConstant>(&b);
  if (left != nullptr && right != nullptr)
    return fold_arithmetic(draft.source(), op, *left, *right);
  if (right != nullptr) return with_constant(draft, node, op, std::get<OnnxView>(a), *right, false);
  if (left != nullptr) return with_constant(draft, node, op, std::get<OnnxView>(b), *left, true);
  return paired(draft, node.name(), op, std::get<OnnxView>(a), std::get<OnnxView>(b));
}

/// What is expanded to the size of the other value is broadcast to it just as well.
OnnxValue unexpanded(const OnnxValue& value, const OnnxValue& other) {
  const auto* guise = std::get_if<OnnxGuise>(&value);
  if (guise == nullptr || !guise->is_expanded()) return value;
  if (!std::holds_alternative<OnnxView>(other) || dims_of(other) != guise->dims)
    OnnxNode::refuse(*guise);
  return guise->view;
}

/// Of positions that are joined with the batch: a constant that is the same for all of them.
OnnxValue for_each_row(OnnxDraft& draft, const OnnxNode& node, const OnnxGuise& rows,
                       std::size_t other) {
  const bool is_same = node.is_constant(other) && node.constant(other).dims().size() <= 1 &&
                       !node.has_attribute("axis") && rows.keeps_last_axis();
  if (!is_same) OnnxNode::refuse(rows);
  const OnnxView result =
      with_constant(draft, node, node.op(), rows.view, node.constant(other), other == 0);
  return disguised(result, rows.dims);
}

}  // namespace

OnnxValue build_arithmetic(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxValue left = unexpanded(node.value(0), node.value(1)),
                  right = unexpanded(node.value(1), node.value(0));
  if (const auto* rows = std::get_if<OnnxGuise>(&left)) return for_each_row(draft, node, *rows, 1);
  if (const auto* rows = std::get_if<OnnxGuise>(&right)) return for_each_row(draft, node, *rows, 0);
  return combined(draft, node, node.op(), left, right);
}

OnnxValue build_negation(OnnxDraft& draft, const OnnxNode& node) {
  const bool whole = node.is_constant(0) && !node.constant(0).is_real();
  const OnnxConstant minus = whole ? OnnxConstant({}, Integers{-1}) : OnnxConstant({}, Reals{-1});
  return combined(draft, node, "Mul", node.value(0), minus);
}

/// Of sizes: no layer gives a remainder.
OnnxValue fold_remainder(OnnxDraft& draft, const OnnxNode& node) {
  OnnxNode::require(node.integer("fmod", 0) == 0, "fmod: expected 0");
  node.integers_at(0), node.integers_at(1);
  return fold_arithmetic(draft.source(), "Mod", node.constant(0), node.constant(1));
}

/// From the first to the last, each with the sum of those before.
OnnxValue build_sum(OnnxDraft& draft, const OnnxNode& node) {
  OnnxValue sum = node.value(0);
  for (std::size_t i = 1; i < node.input_count(); ++i)
    sum = combined(draft, node, "Add", sum, node.value(i));
  return sum;
}

}  // namespace karnin
