// Add, Sub, Mul, Div, Sum: of two values of the image, of one and a constant, of two constants.
#include <fmt/format.h>

#include <algorithm>

#include "formats/exchange/onnx_broadcast.h"
#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

// --- constants

float result(const std::string& op, float a, float b) {
  if (op == "Add") return a + b;
  if (op == "Sub") return a - b;
  return op == "Mul" ? a * b : a / b;
}

/// Of sizes, which a file may have made as large as it likes.
std::int64_t result(const std::string& op, std::int64_t a, std::int64_t b) {
  std::int64_t value = 0;
  bool sound = true;
  if (op == "Add") sound = !__builtin_add_overflow(a, b, &value);
  if (op == "Sub") sound = !__builtin_sub_overflow(a, b, &value);
  if (op == "Mul") sound = !__builtin_mul_overflow(a, b, &value);
  if (op == "Div") sound = b > 0;
  OnnxNode::require(sound, fmt::format("expected numbers whose result fits, got {} and {}", a, b));
  return op == "Div" ? a / b : value;
}

/// Element by element, where broadcasting says that they meet.
template <typename T>
OnnxConstant folded(const std::string& op, const OnnxConstant& a, const OnnxConstant& b,
                    const std::vector<T>& left, const std::vector<T>& right) {
  Dims dims = broadcast_dims(a.dims(), b.dims());
  const Integers from = broadcast_places(a.dims(), dims), other = broadcast_places(b.dims(), dims);
  std::vector<T> results(from.size());
  for (std::size_t i = 0; i < results.size(); ++i)
    results[i] = result(op, left[static_cast<std::size_t>(from[i])],
                        right[static_cast<std::size_t>(other[i])]);
  return {std::move(dims), std::move(results)};
}

OnnxConstant folded(OnnxDraft& draft, const std::string& op, const OnnxConstant& a,
                    const OnnxConstant& b) {
  OnnxNode::require(a.is_real() == b.is_real(), "expected two constants of one type");
  draft.source().spend(4 * work_of(broadcast_dims(a.dims(), b.dims())));
  return a.is_real() ? folded(op, a, b, a.reals(), b.reals())
                     : folded(op, a, b, a.integers(), b.integers());
}

// --- values of the image

/// Where both have their elements in the same places the sum has them there, too, whatever order
/// ONNX sees them in.
OnnxView added(OnnxDraft& draft, const OnnxNode& node, const OnnxView& a, const OnnxView& b) {
  OnnxNode::require(a.dims == b.dims, fmt::format("expected values of one size, got {} and {}",
                                                  to_string(a.dims), to_string(b.dims)));
  if (a.order == b.order && draft.extent(a.node) == draft.extent(b.node))
    return moved_to(draft.add(node.name(), Add{}, {a.node, b.node}), a);
  const Extent extent = natural_extent(a);
  const NodeId left = laid_out(draft, a, extent), right = laid_out(draft, b, extent);
  return plain_view(draft.add(node.name(), Add{}, {left, right}), a.dims, a.batched);
}

bool has_bias(const Op& op) { return is<Conv2d>(op) || is<FullyConnected>(op); }

/// Up to opset 6 a constant is laid along the axes from `axis` on, or along the last ones.
OnnxConstant placed(const OnnxNode& node, std::size_t input, const OnnxView& view) {
  const OnnxConstant& constant = node.constant(input);
  node.reals_at(input);  // whole numbers make no sense here
  node.integer("broadcast", 1);
  if (!node.has_attribute("axis")) return constant;
  Dims dims = constant.dims();
  const std::size_t axis = checked_axis(node.integer("axis", 0), view.dims.size());
  dims.resize(std::max(dims.size(), view.dims.size() - axis), 1);
  return constant.with_dims(std::move(dims));
}

/// A constant behind a layer that nobody else reads is that layer's bias.
OnnxView shifted(OnnxDraft& draft, const OnnxView& view, const OnnxConstant& constant, float sign) {
  const auto values = by_channel(draft, view, constant);
  OnnxNode::require(values.has_value() && view.sole && has_bias(draft.node(view.node).op),
                    "expected a constant for the channels of a layer with weights");
  Tensor& bias = draft.parameter(view.node, Role::bias);
  for (std::size_t c = 0; c < values->size(); ++c) bias.data()[c] += sign * (*values)[c];
  return view;
}

}  // namespace

OnnxValue build_arithmetic(OnnxDraft& draft, const OnnxNode& node) {
  const bool first = node.is_constant(0), second = node.is_constant(1);
  if (first && second) return folded(draft, node.op(), node.constant(0), node.constant(1));
  OnnxNode::require(node.op() == "Add" || (node.op() == "Sub" && second), "expected two constants");
  if (!first && !second) return added(draft, node, node.view(0), node.view(1));
  const OnnxView& view = node.view(first ? 1 : 0);
  return shifted(draft, view, placed(node, first ? 0 : 1, view), node.op() == "Sub" ? -1.0F : 1.0F);
}

/// From the first to the last, each with the sum of those before.
OnnxValue build_sum(OnnxDraft& draft, const OnnxNode& node) {
  OnnxView sum = node.view(0);
  for (std::size_t i = 1; i < node.input_count(); ++i) sum = added(draft, node, sum, node.view(i));
  return sum;
}

}  // namespace karnin
