#include "formats/exchange/onnx_pairs.h"

#include <fmt/format.h>

#include "formats/exchange/onnx_broadcast.h"
#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_node.h"

namespace karnin {
namespace {

Op op_of(std::string_view op) {
  if (op == "Add") return Add{};
  if (op == "Sub") return Arithmetic{ArithmeticKind::subtract};
  return Arithmetic{op == "Mul" ? ArithmeticKind::multiply : ArithmeticKind::divide};
}

/// Where both have their elements in the same places the result has them there, too, whatever order
/// ONNX sees them in.
OnnxView of_one_size(OnnxDraft& draft, std::string_view name, std::string_view op,
                     const OnnxView& a, const OnnxView& b) {
  if (a.order == b.order && draft.extent(a.node) == draft.extent(b.node))
    return moved_to(draft.add(name, op_of(op), {a.node, b.node}), a);
  const Extent extent = natural_extent(a);
  const NodeId left = laid_out(draft, a, extent), right = laid_out(draft, b, extent);
  return plain_view(draft.add(name, op_of(op), {left, right}), a.dims, a.batched);
}

/// `large` with a value that is the same along some of its axes: those that it has become the
/// channels.
OnnxView with_small(OnnxDraft& draft, std::string_view name, std::string_view op,
                    const OnnxView& large, const OnnxView& small) {
  std::vector<std::size_t> kept;
  for (std::size_t axis = large.first_axis(); axis < large.dims.size(); ++axis)
    if (small.dims[axis] != 1) kept.push_back(axis);
  const OnnxChannels src = channels_first(draft, large, kept);
  NodeId other = laid_out(draft, small, {draft.extent(src.node).c, 1, 1});
  if (op == "Add") other = draft.scaled(name, other, -1);
  const NodeId id = draft.add(name, op_of(op == "Add" ? "Sub" : op), {src.node, other});
  return view_in_order(id, large.dims, large.batched, src.axes);
}

}  // namespace

OnnxView paired(OnnxDraft& draft, std::string_view name, std::string_view op, const OnnxView& a,
                const OnnxView& b) {
  if (a.dims == b.dims) return of_one_size(draft, name, op, a, b);
  const Dims dims = broadcast_dims(a.dims, b.dims);
  OnnxNode::require(
      a.dims.size() == b.dims.size() && (dims == a.dims || dims == b.dims),
      fmt::format(
          "expected values of one size, or one that is broadcast to the other, got {} and {}",
          to_string(a.dims), to_string(b.dims)));
  if (dims == a.dims) return with_small(draft, name, op, a, b);
  OnnxNode::require(op != "Div", "expected the divisor to be broadcast, got the dividend");
  OnnxView result = with_small(draft, name, op, b, a);
  if (op == "Sub") result = moved_to(draft.scaled(name, result.node, -1), result);  // a - b
  return result;
}

}  // namespace karnin
