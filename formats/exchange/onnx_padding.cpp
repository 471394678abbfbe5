// Pad.
#include <fmt/format.h>

#include <algorithm>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"
#include "runtime/graph/limits.h"

namespace karnin {
namespace {

/// For each axis of the view, below 0 what is cut off. Attributes up to opset 10, inputs from 11
/// on; from 18 on some axes alone may be named.
std::vector<Padding> paddings(const OnnxNode& node, const OnnxView& view) {
  const std::size_t rank = view.dims.size();
  const Integers sides =
      node.has(1) ? node.integers_at(1) : node.integers("pads").value_or(Integers());
  Integers axes(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) axes[axis] = static_cast<std::int64_t>(axis);
  if (node.has(3)) axes = node.integers_at(3);
  OnnxNode::require(sides.size() == 2 * axes.size(),
                    fmt::format("pads: expected {} values, got {}", 2 * axes.size(), sides.size()));
  std::vector<Padding> padding(rank);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const Padding sides_of_axis{sides[i], sides[i + axes.size()]};
    for (const std::int64_t side : {sides_of_axis.l, sides_of_axis.r})
      OnnxNode::require(side >= -kMaxDim && side <= kMaxDim,
                        fmt::format("pads: expected -{}..{}, got {}", kMaxDim, kMaxDim, side));
    padding[checked_axis(axes[i], rank)] = sides_of_axis;
  }
  OnnxNode::require(!view.batched || padding.front().is_none(), "pads: expected none of the batch");
  return padding;
}

float padding_value(const OnnxNode& node) {
  const std::string mode = node.text("mode", "constant");
  OnnxNode::require(mode == "constant", "mode: expected constant");
  if (!node.has(2)) return node.real("value", 0.0F);
  OnnxNode::require(node.reals_at(2).size() == 1, "input 2: expected one number");
  return node.reals_at(2).front();
}

/// The one or two axes that become H and W: the last ones of an image, unless others are padded.
std::vector<std::size_t> sliding_axes(const OnnxView& view, const std::vector<Padding>& padding) {
  const std::size_t rank = view.dims.size();
  const std::size_t sides = rank - view.first_axis() >= 3 ? 2 : 1;
  std::vector<std::size_t> last, padded;
  for (std::size_t axis = view.first_axis(); axis < rank; ++axis) {
    if (axis + sides >= rank) last.push_back(axis);
    if (!padding[axis].is_none()) padded.push_back(axis);
  }
  OnnxNode::require(padded.size() <= 2,
                    fmt::format("pads: expected them of two axes, got {}", padded.size()));
  return std::ranges::includes(last, padded) ? last : padded;
}

}  // namespace

OnnxValue build_pad(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxView& src = node.view(0);
  const std::vector<Padding> padding = paddings(node, src);
  const float value = padding_value(node);
  if (std::ranges::all_of(padding, &Padding::is_none)) return src;
  const std::vector<std::size_t> sides = sliding_axes(src, padding);
  std::vector<std::size_t> order;
  for (std::size_t axis = src.first_axis(); axis < src.dims.size(); ++axis)
    if (std::ranges::find(sides, axis) == sides.end()) order.push_back(axis);
  order.insert(order.end(), sides.begin(), sides.end());
  const std::int64_t w = src.dims[sides.back()],
                     h = sides.size() == 2 ? src.dims[sides.front()] : 1;
  const NodeId from =
      draft.as_image(arranged(draft, src, order).node, {src.size() / (h * w), h, w});
  const Pad pad{sides.size() == 2 ? padding[sides.front()] : 0, padding[sides.back()], value};
  Dims dims = src.dims;
  for (std::size_t axis = 0; axis < dims.size(); ++axis)
    dims[axis] += padding[axis].l + padding[axis].r;
  return view_in_order(draft.add(node.name(), pad, {from}), std::move(dims), src.batched, order);
}

}  // namespace karnin
