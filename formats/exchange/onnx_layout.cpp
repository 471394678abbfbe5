#include "formats/exchange/onnx_layout.h"

#include <algorithm>
#include <array>
#include <optional>
#include <ranges>
#include <utility>

namespace karnin {
namespace {

using AxisOrder = std::array<int, 3>;

/// How a node of this extent is run through with its axes in the order of `axes`.
OnnxRuns runs_through(const Extent& extent, const AxisOrder& axes) {
  const std::array sizes{extent.c, extent.h, extent.w};
  const std::array strides{extent.h * extent.w, extent.w, std::int64_t{1}};
  OnnxRuns runs;
  for (const int axis : axes) {
    const auto i = static_cast<std::size_t>(axis);
    runs.push_back({sizes[i], strides[i]});
  }
  return joined(runs);
}

/// The axes of an extent in the order that is a given way through its memory, if one is.
std::optional<AxisOrder> order_through(const Extent& extent, const OnnxRuns& order) {
  AxisOrder axes{0, 1, 2};
  do {
    if (runs_through(extent, axes) == order) return axes;
  } while (std::ranges::next_permutation(axes).found);
  return std::nullopt;
}

/// An extent with a side for each of at most three runs, as memory has them.
Extent extent_of_runs(OnnxRuns runs) {
  std::ranges::sort(runs, std::ranges::greater(), &OnnxRun::stride);
  runs.resize(3);
  return {runs[0].size, runs[1].size, runs[2].size};
}

/// Swaps a run of memory with all that is inside of it.
NodeId moved_inside(OnnxDraft& draft, NodeId node, OnnxRun run, OnnxRuns& order) {
  const std::int64_t outside = draft.extent(node).size() / (run.size * run.stride);
  const NodeId split = draft.reshaped(node, {outside, run.size, run.stride});
  for (OnnxRun& each : order) {
    if (each.stride < run.stride)
      each.stride *= run.size;
    else if (each == run)
      each.stride = 1;
  }
  return draft.add_once("transpose", Transpose{{0, 2, 1}}, split);
}

/// A node whose memory is what `order` runs through. Where one transposition of three axes isn't
/// enough, each run that comes too early in memory is moved behind all others, one after the other.
NodeId transposed_node(OnnxDraft& draft, NodeId node, OnnxRuns order) {
  while (!is_plain(order)) {
    if (order.size() <= 3) {
      if (!order_through(draft.extent(node), order))
        node = draft.reshaped(node, extent_of_runs(order));
      const AxisOrder axes = order_through(draft.extent(node), order).value();
      return draft.add_once("transpose", Transpose{axes}, node);
    }
    const auto early = std::ranges::adjacent_find(order, std::ranges::less(), &OnnxRun::stride);
    node = moved_inside(draft, node, *std::next(early), order);
    order = joined(order);
  }
  return node;
}

/// A view of a node that has the elements in ONNX's order.
OnnxView in_memory_order(OnnxDraft& draft, const OnnxView& view) {
  if (is_plain(view.order)) return view;
  return plain_view(transposed_node(draft, view.node, view.order), view.dims, view.batched);
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
  const NodeId node = transposed_node(draft, source.node, joined(wanted));
  return view_in_order(node, view.dims, view.batched, axes);
}

OnnxChannels channels_first(OnnxDraft& draft, const OnnxView& view,
                            std::span<const std::size_t> axes) {
  OnnxChannels result{0, {axes.begin(), axes.end()}};
  std::int64_t channels = 1;
  for (const std::size_t axis : axes) channels *= view.dims[axis];
  for (std::size_t axis = view.first_axis(); axis < view.dims.size(); ++axis)
    if (std::ranges::find(axes, axis) == axes.end()) result.axes.push_back(axis);
  result.node = arranged(draft, view, result.axes).node;
  if (draft.extent(result.node).c != channels)
    result.node = draft.reshaped(result.node, {channels, 1, view.size() / channels});
  return result;
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
  return draft.reshaped(in_memory_order(draft, view).node, extent);
}

NodeId image_of(OnnxDraft& draft, const OnnxView& view, const Extent& extent) {
  return draft.as_image(in_memory_order(draft, view).node, extent);
}

}  // namespace karnin
