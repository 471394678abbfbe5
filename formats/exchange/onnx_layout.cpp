#include "formats/exchange/onnx_layout.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "runtime/core/error.h"

namespace karnin {
namespace {

/// A node whose memory is what `order` runs through.
NodeId transposed_node(const OnnxDraft& /*draft*/, const OnnxView& /*view*/,
                       const OnnxRuns& /*order*/) {
  throw ShapeError("a transposition that meets neither the input nor weights");
}

/// A view of a node that has the elements in ONNX's order.
OnnxView in_memory_order(OnnxDraft& draft, const OnnxView& view) {
  if (is_plain(view.order)) return view;
  OnnxView plain = plain_view(transposed_node(draft, view, view.order), view.dims, view.batched);
  return plain;
}

}  // namespace

OnnxView with_whole_axes(OnnxDraft& draft, const OnnxView& view) {
  return runs_of(view) ? view : in_memory_order(draft, view);
}

OnnxView arranged(OnnxDraft& draft, const OnnxView& view, std::span<const std::size_t> axes) {
  OnnxView source = with_whole_axes(draft, view);
  const std::vector<OnnxRuns> runs = runs_of(source).value();
  OnnxRuns wanted;  // the way through memory that is asked for
  for (const std::size_t axis : axes)
    wanted.insert(wanted.end(), runs[axis].begin(), runs[axis].end());
  if (is_plain(wanted)) return source;
  const NodeId node = transposed_node(draft, source, joined(wanted));
  return view_in_order(node, view.dims, view.batched, axes);
}

OnnxView view_in_order(NodeId node, Dims dims, bool batched, std::span<const std::size_t> axes) {
  std::vector<std::int64_t> strides(dims.size(), 1);
  std::int64_t stride = 1;
  for (const std::size_t axis : axes | std::views::reverse) {
    strides[axis] = stride;
    stride *= dims[axis];
  }
  OnnxView view{node, std::move(dims), batched, {}};
  for (std::size_t axis = view.first_axis(); axis < view.dims.size(); ++axis)
    view.order.push_back({view.dims[axis], strides[axis]});
  view.order = joined(view.order);
  return view;
}

NodeId laid_out(OnnxDraft& draft, const OnnxView& view, const Extent& extent) {
  const OnnxView plain = in_memory_order(draft, view);
  return draft.reshaped(plain.node, extent);
}

}  // namespace karnin
