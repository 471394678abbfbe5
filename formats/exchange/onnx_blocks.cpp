// DepthToSpace and SpaceToDepth: a Reshape, a Transpose and a Reshape in one.
#include <fmt/format.h>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"
#include "runtime/graph/limits.h"

namespace karnin {
namespace {

/// The value's axes taken apart, in another order, and put together again.
OnnxView regrouped(OnnxDraft& draft, OnnxView view, Dims apart,
                   std::initializer_list<std::size_t> perm, Dims together) {
  view.dims = std::move(apart);
  view = with_whole_axes(draft, view);
  const std::vector<OnnxRuns> runs = runs_of(view).value();
  view.order.clear();
  for (const std::size_t axis : perm)
    view.order.insert(view.order.end(), runs[axis].begin(), runs[axis].end());
  view.order = joined(view.order);
  view.dims = std::move(together);
  return view;
}

/// N x C x H x W, and how many rows and columns a block has.
std::int64_t block_of(const OnnxNode& node, const OnnxView& src) {
  const std::int64_t block = node.integer("blocksize", 0);
  OnnxNode::require(src.dims.size() == 4 && (src.batched || src.dims[0] == 1),
                    "expected N x C x H x W, got " + to_string(src.dims));
  OnnxNode::require(block >= 1 && block <= kMaxDim,
                    fmt::format("blocksize: expected 1..{}, got {}", kMaxDim, block));
  return block;
}

}  // namespace

OnnxValue build_depth_to_space(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxView& src = node.view(0);
  const std::int64_t b = block_of(node, src);
  const std::string mode = node.text("mode", "DCR");
  OnnxNode::require(mode == "DCR" || mode == "CRD", "mode: expected DCR or CRD, got " + mode);
  const std::int64_t n = src.dims[0], c = src.dims[1] / (b * b), h = src.dims[2], w = src.dims[3];
  OnnxNode::require(
      src.dims[1] % (b * b) == 0,
      fmt::format("expected channels for blocks of {0} x {0}, got {1}", b, src.dims[1]));
  const Dims together{n, c, h * b, w * b};
  if (mode == "CRD") return regrouped(draft, src, {n, c, b, b, h, w}, {1, 4, 2, 5, 3}, together);
  return regrouped(draft, src, {n, b, b, c, h, w}, {3, 4, 1, 5, 2}, together);
}

OnnxValue build_space_to_depth(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxView& src = node.view(0);
  const std::int64_t b = block_of(node, src);
  const std::int64_t n = src.dims[0], c = src.dims[1], h = src.dims[2] / b, w = src.dims[3] / b;
  OnnxNode::require(
      src.dims[2] % b == 0 && src.dims[3] % b == 0,
      fmt::format("expected sides for blocks of {0} x {0}, got {1}", b, to_string(src.dims)));
  return regrouped(draft, src, {n, c, h, b, w, b}, {3, 5, 1, 2, 4}, {n, c * b * b, h, w});
}

}  // namespace karnin
