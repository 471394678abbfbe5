// Conv.
#include <fmt/format.h>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"
#include "formats/exchange/onnx_window.h"

namespace karnin {
namespace {

Conv2d convolution(const OnnxNode& node, const OnnxWindow& window, std::int64_t oc) {
  OnnxNode::require(node.integer("group", 1) == 1, "group: expected 1");
  OnnxNode::require(window.h.dilation == 1 && window.w.dilation == 1, "dilations: expected 1");
  return {oc,
          window.h.kernel,
          window.w.kernel,
          window.h.stride,
          window.w.stride,
          even_padding(window.h),
          even_padding(window.w)};
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
  const OnnxWindow window = read_window(node, src, kernel_of(node, weights), false);
  const std::int64_t groups = node.integer("group", 1);
  OnnxNode::require(groups >= 1 && src.dims[1] % groups == 0 && weights[0] % groups == 0 &&
                        weights[1] == src.dims[1] / groups,
                    fmt::format("weights: expected them for {} channels in {} groups, got {}",
                                src.dims[1], groups, to_string(weights)));
  const NodeId from = laid_out(draft, src, {src.dims[1], window.h.length, window.w.length});
  const NodeId id = draft.add(node.name(), convolution(node, window, weights[0]), {from});
  draft.set(id, Role::weight, node.reals_at(1));
  draft.set(id, Role::bias,
            node.has(2) ? node.reals_at(2) : Reals(static_cast<std::size_t>(weights[0])));
  return plain_view(id, window_dims(window, src.dims, weights[0]), src.batched);
}

}  // namespace karnin
