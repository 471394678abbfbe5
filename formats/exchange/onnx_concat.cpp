// Concat: of shapes that are put together, and of values of the image.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

// --- constants

/// The dimensions of all inputs together.
Dims joint_dims(const OnnxNode& node, std::size_t axis) {
  Dims dims = node.constant(0).dims();
  dims[axis] = 0;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    Dims rest = node.constant(i).dims();
    OnnxNode::require(
        rest.size() == dims.size() && node.constant(i).is_real() == node.constant(0).is_real(),
        "expected constants of one rank and type");
    const std::int64_t length = std::exchange(rest[axis], dims[axis]);
    OnnxNode::require(rest == dims, "expected constants that fit");
    dims[axis] = checked_add(dims[axis], length);
  }
  return dims;
}

/// Of each input a block, `outer` times.
template <typename T>
OnnxConstant concatenated(const OnnxNode& node, const Dims& dims, std::size_t outer,
                          const std::vector<T>& (OnnxConstant::*values_of)() const) {
  std::vector<T> joint;
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      const std::vector<T>& values = (node.constant(i).*values_of)();
      const auto length = static_cast<std::ptrdiff_t>(values.size() / outer);
      const auto block = values.begin() + static_cast<std::ptrdiff_t>(o) * length;
      joint.insert(joint.end(), block, block + length);
    }
  return {dims, std::move(joint)};
}

/// Of constants alone: shapes that are put together.
OnnxConstant fold_concat(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxConstant& first = node.constant(0);
  const std::size_t axis = checked_axis(node.integer("axis", 0), first.dims().size());
  const Dims dims = joint_dims(node, axis);
  const std::int64_t blocks = element_count(std::span(dims).first(axis));
  draft.source().spend(work_of(dims));
  draft.source().spend(checked_mul(
      blocks, static_cast<std::int64_t>(node.input_count())));  // which may all be empty
  const auto outer = static_cast<std::size_t>(blocks);
  return first.is_real() ? concatenated<float>(node, dims, outer, &OnnxConstant::reals)
                         : concatenated<std::int64_t>(node, dims, outer, &OnnxConstant::integers);
}

// --- values of the image

/// The dimensions of all inputs together.
Dims joint_dims_of_views(const OnnxNode& node, std::size_t axis) {
  Dims dims = node.view(0).dims;
  for (std::size_t i = 1; i < node.input_count(); ++i) {
    Dims rest = node.view(i).dims;
    OnnxNode::require(rest.size() == dims.size(), "expected values of one rank");
    const std::int64_t length = std::exchange(rest[axis], dims[axis]);
    OnnxNode::require(rest == dims,
                      fmt::format("expected values that fit, got {} and {}",
                                  to_string(node.view(0).dims), to_string(node.view(i).dims)));
    dims[axis] = checked_add(dims[axis], length);
  }
  return dims;
}

/// The axis becomes the channels; positions may have another form in each, but are as many.
OnnxView joined_channels(OnnxDraft& draft, const OnnxNode& node, std::size_t axis) {
  Dims dims = joint_dims_of_views(node, axis);
  std::vector<NodeId> srcs;
  std::vector<std::size_t> axes;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    const OnnxChannels src = channels_first(draft, node.view(i), std::array{axis});
    const Extent first = draft.extent(srcs.empty() ? src.node : srcs.front());
    srcs.push_back(draft.reshaped(src.node, {draft.extent(src.node).c, first.h, first.w}));
    axes = src.axes;
  }
  const bool batched = node.view(0).batched;
  return view_in_order(draft.add(node.name(), Concat{}, std::move(srcs)), std::move(dims), batched,
                       axes);
}

}  // namespace

OnnxValue build_concat(OnnxDraft& draft, const OnnxNode& node) {
  OnnxNode::require(node.input_count() > 0, "expected an input, got none");
  const std::size_t axis = checked_axis(node.integer("axis", 0), dims_of(node.value(0)).size());
  if (node.is_constant(0)) return fold_concat(draft, node);
  OnnxNode::require(axis >= node.view(0).first_axis(), "axis: expected not that of the batch");
  return joined_channels(draft, node, axis);
}

}  // namespace karnin
