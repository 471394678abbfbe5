// BatchNormalization, Softmax, LogSoftmax.
#include <fmt/format.h>

#include <array>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

/// An attribute says so, from opset 7 to 13 the statistics among the outputs.
bool is_training(const OnnxNode& node) {
  if (node.opset() < 7) return node.integer("is_test", 0) == 0;
  return node.integer("training_mode", 0) != 0 || (node.opset() < 14 && node.output_count() > 1);
}

/// Whoever trains here starts from the statistics, and leaves them.
void require_inference(const OnnxNode& node) {
  node.real("momentum", 0.9F);
  OnnxNode::require(!is_training(node), "expected the form for inference, got that for training");
  OnnxNode::require(node.integer("spatial", 1) == 1, "spatial: expected 1");
}

/// Up to opset 12 all axes from one on are the classes together; later it is that one alone.
std::vector<std::size_t> class_axes(const OnnxNode& node, const OnnxView& view) {
  const std::size_t rank = view.dims.size();
  const bool one = node.opset() >= 13;
  const std::size_t first = checked_axis(node.integer("axis", one ? -1 : 1), rank);
  OnnxNode::require(first >= view.first_axis(), "axis: expected not that of the batch");
  std::vector<std::size_t> axes;
  for (std::size_t axis = first; axis < (one ? first + 1 : rank); ++axis) axes.push_back(axis);
  return axes;
}

}  // namespace

/// Scale, shift, mean and variance of the second axis.
OnnxValue build_batch_norm(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxView& src = node.view(0);
  require_inference(node);
  OnnxNode::require(src.dims.size() >= 2 && (src.batched || src.dims[0] == 1),
                    "expected a batch and channels, got " + to_string(src.dims));
  const auto [from, axes] = channels_first(draft, src, std::array{std::size_t{1}});
  const NodeId id = draft.add(node.name(), BatchNorm{node.real("epsilon", 1e-5F)}, {from});
  std::size_t input = 1;
  for (const Role role : {Role::scale, Role::shift, Role::mean, Role::variance})
    draft.set(id, role, node.reals_at(input++));
  return view_in_order(id, src.dims, src.batched, axes);
}

OnnxValue build_softmax(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxView& src = node.view(0);
  const auto [from, axes] = channels_first(draft, src, class_axes(node, src));
  const NodeId id = draft.add(node.name(), Softmax{node.op() == "LogSoftmax"}, {from});
  return view_in_order(id, src.dims, src.batched, axes);
}

}  // namespace karnin
