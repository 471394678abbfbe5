// MaxPool, AveragePool, GlobalAveragePool, GlobalMaxPool, ReduceMean, ReduceMax, ReduceSum.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"
#include "formats/exchange/onnx_window.h"

namespace karnin {
namespace {

/// Padding may count; what ceil_mode adds to it never does, and no layer of ours tells them apart.
bool counts_padding(const OnnxNode& node, const OnnxWindow& window) {
  const auto is_padded = [](const OnnxSlide& slide) {
    return slide.padding != Padding{0, slide.beyond};
  };
  const bool counts =
      node.integer("count_include_pad", 0) != 0 && (is_padded(window.h) || is_padded(window.w));
  OnnxNode::require(!counts || (window.h.beyond == 0 && window.w.beyond == 0),
                    "count_include_pad: expected 0 where ceil_mode lets a window stick out");
  return counts;
}

Pool2d pool(const OnnxNode& node, const OnnxWindow& window) {
  OnnxNode::require(window.h.dilation == 1 && window.w.dilation == 1, "dilations: expected 1");
  return {.kind = node.op() == "MaxPool" ? PoolKind::max : PoolKind::average,
          .kh = window.h.kernel,
          .kw = window.w.kernel,
          .sh = window.h.stride,
          .sw = window.w.stride,
          .ph = window.h.padding,
          .pw = window.w.padding,
          .count_padding = counts_padding(node, window)};
}

/// The axes that a reduction takes: an attribute up to opset 17, an input from 18
/// on, all where there is neither.
std::set<std::size_t> reduced_axes(const OnnxNode& node, const OnnxView& view) {
  const std::size_t rank = view.dims.size();
  Integers axes = node.has(1) ? node.integers_at(1) : node.integers("axes").value_or(Integers());
  const bool none_for_none = node.integer("noop_with_empty_axes", 0) != 0;
  OnnxNode::require(!axes.empty() || !none_for_none, "expected axes to reduce, got none");
  std::set<std::size_t> reduced;
  for (const std::int64_t axis : axes) reduced.insert(checked_axis(axis, rank));
  for (std::size_t axis = 0; axes.empty() && axis < rank; ++axis) reduced.insert(axis);
  OnnxNode::require(!view.batched || !reduced.contains(0), "axes: expected not that of the batch");
  return reduced;
}

PoolKind reducing_kind(const OnnxNode& node) {
  return node.op() == "GlobalMaxPool" || node.op() == "ReduceMax" ? PoolKind::max
                                                                  : PoolKind::average;
}

/// Kept axes become channels, one value for each; the window covers all of the others.
OnnxView reduced(OnnxDraft& draft, const OnnxNode& node, const std::set<std::size_t>& axes,
                 bool keep) {
  const OnnxView& src = node.view(0);
  std::vector<std::size_t> channels;
  Dims dims(src.dims.begin(), src.dims.begin() + static_cast<std::ptrdiff_t>(src.first_axis()));
  for (std::size_t axis = src.first_axis(); axis < src.dims.size(); ++axis) {
    const bool kept = !axes.contains(axis);
    if (kept) channels.push_back(axis);
    if (kept || keep) dims.push_back(kept ? src.dims[axis] : 1);
  }
  const NodeId from = channels_first(draft, src, channels).node;
  const auto [c, h, w] = draft.extent(from);
  NodeId id = draft.add(node.name(), Pool2d{reducing_kind(node), h, w, h, w}, {from});
  if (node.op() == "ReduceSum") id = draft.scaled(node.name(), id, static_cast<float>(h * w));
  return plain_view(id, std::move(dims), src.batched);
}

}  // namespace

OnnxValue build_pool(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxView& src = node.view(0);
  const auto kernel = node.integers("kernel_shape");
  OnnxNode::require(kernel.has_value(), "kernel_shape: expected one, got none");
  const OnnxWindow window = read_window(node, src, *kernel, node.integer("ceil_mode", 0) != 0);
  node.integer("storage_order", 0);  // of the places that MaxPool may give beside the values
  const NodeId from = image_of(draft, src, {src.dims[1], window.h.length, window.w.length});
  const NodeId id = draft.add(node.name(), pool(node, window), {from});
  return plain_view(id, window_dims(window, src.dims, src.dims[1]), src.batched);
}

/// A reduction of all axes behind the channels.
OnnxValue build_global_pool(OnnxDraft& draft, const OnnxNode& node) {
  std::set<std::size_t> axes;
  for (std::size_t axis = 2; axis < node.view(0).dims.size(); ++axis) axes.insert(axis);
  OnnxNode::require(!axes.empty(),
                    "expected N x C x L or N x C x H x W, got " + to_string(node.view(0).dims));
  return reduced(draft, node, axes, true);
}

OnnxValue build_reduction(OnnxDraft& draft, const OnnxNode& node) {
  const std::set<std::size_t> axes = reduced_axes(node, node.view(0));
  return reduced(draft, node, axes, node.integer("keepdims", 1) != 0);
}

}  // namespace karnin
