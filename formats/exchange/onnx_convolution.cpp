// Conv.
#include <fmt/format.h>

#include <utility>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"
#include "formats/exchange/onnx_window.h"

namespace karnin {
namespace {

Conv2d convolution(const OnnxNode& node, const OnnxWindow& window, std::int64_t oc) {
  return {.oc = oc,
          .kh = window.h.kernel,
          .kw = window.w.kernel,
          .sh = window.h.stride,
          .sw = window.w.stride,
          .ph = window.h.padding,
          .pw = window.w.padding,
          .dh = window.h.dilation,
          .dw = window.w.dilation,
          .groups = node.integer("group", 1)};
}

/// Zeros around the image in a node of their own, where they are more than a convolution takes.
NodeId padded(OnnxDraft& draft, NodeId from, OnnxWindow& window) {
  if (!window.h.leaves_axis() && !window.w.leaves_axis()) return from;
  const Pad pad{std::exchange(window.h.padding, 0), std::exchange(window.w.padding, 0)};
  return draft.add("pad", pad, {from});
}

/// The kernel's size, which the attribute may say again.
Integers kernel_of(const OnnxNode& node, const Dims& weights) {
  OnnxNode::require(weights.size() >= 2, "weights: expected a kernel, got " + to_string(weights));
  const Integers kernel(weights.begin() + 2, weights.end());
  OnnxNode::require(node.integers("kernel_shape").value_or(kernel) == kernel,
                    "kernel_shape: expected that of the weights, " + to_string(weights));
  return kernel;
}

}  // namespace

/// Weights (oc, ic / groups, kh, kw), or (oc, ic / groups, k) of a value N x C x L, which is one
/// row; their order is ours.
OnnxValue build_convolution(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxView& src = node.view(0);
  const Dims& weights = node.constant(1).dims();
  OnnxWindow window = read_window(node, src, kernel_of(node, weights), false);
  const std::int64_t groups = node.integer("group", 1);
  OnnxNode::require(groups >= 1 && src.dims[1] % groups == 0 && weights[0] % groups == 0 &&
                        weights[1] == src.dims[1] / groups,
                    fmt::format("weights: expected them for {} channels in {} groups, got {}",
                                src.dims[1], groups, to_string(weights)));
  Dims dims = window_dims(window, src.dims, weights[0]);
  const NodeId image = image_of(draft, src, {src.dims[1], window.h.length, window.w.length});
  const NodeId from = padded(draft, image, window);
  const NodeId id = draft.add(node.name(), convolution(node, window, weights[0]), {from});
  draft.set(id, Role::weight, node.reals_at(1));
  draft.set(id, Role::bias,
            node.has(2) ? node.reals_at(2) : Reals(static_cast<std::size_t>(weights[0])));
  return plain_view(id, std::move(dims), src.batched);
}

}  // namespace karnin
