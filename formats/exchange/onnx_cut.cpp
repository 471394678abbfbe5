#include "formats/exchange/onnx_cut.h"

#include <numeric>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_node.h"

namespace karnin {
namespace {

/// The same value where the indices of an axis are one distance apart in memory.
OnnxView with_even_axis(OnnxDraft& draft, const OnnxView& view, std::size_t axis) {
  OnnxView whole = with_whole_axes(draft, view);
  if (runs_of(whole).value()[axis].size() == 1) return whole;
  std::vector<std::size_t> axes(view.dims.size() - view.first_axis());
  std::iota(axes.begin(), axes.end(), view.first_axis());
  return arranged(draft, whole, axes);
}

/// Memory as an image whose rows, or columns, are the indices of a run.
struct Sides {
  Extent extent;
  bool are_rows = true;
};

/// As it is, if that will do: other extents take a Reshape.
Sides sides_of(const Extent& extent, const OnnxRun& run) {
  if (run == OnnxRun{extent.w, 1}) return {extent, false};
  if (run == OnnxRun{extent.h, extent.w}) return {extent, true};
  return {{extent.size() / (run.size * run.stride), run.size, run.stride}, true};
}

/// What is in front and behind is cut off; a pool of one position goes on by the stride.
NodeId cut_side(OnnxDraft& draft, std::string_view name, NodeId node, bool are_rows,
                const OnnxCut& cut) {
  const Extent& extent = draft.extent(node);
  const std::int64_t reach = (cut.count - 1) * cut.step + 1;
  const Padding side{-cut.start, cut.start + reach - (are_rows ? extent.h : extent.w)};
  if (!side.is_none()) node = draft.add(name, are_rows ? Pad{side, 0} : Pad{0, side}, {node});
  if (cut.step == 1) return node;
  const std::int64_t sh = are_rows ? cut.step : 1, sw = are_rows ? 1 : cut.step;
  return draft.add(name, Pool2d{PoolKind::max, 1, 1, sh, sw}, {node});
}

}  // namespace

OnnxView cut_axis(OnnxDraft& draft, std::string_view name, const OnnxView& view, std::size_t axis,
                  const OnnxCut& cut) {
  if (cut.start == 0 && cut.step == 1 && cut.count == view.dims[axis]) return view;
  OnnxNode::require(axis >= view.first_axis(), "expected all of the batch, got some of it");
  OnnxNode::require(cut.count >= 1, "expected at least one index of the axis, got none");
  OnnxNode::require(cut.step >= 1, "expected indices in rising order, got them backwards");
  const OnnxView whole = with_even_axis(draft, view, axis);
  const std::vector<OnnxRuns> runs = runs_of(whole).value();
  const OnnxRun run = runs[axis].front();
  const Sides sides = sides_of(draft.extent(whole.node), run);
  const NodeId node = draft.reshaped(whole.node, sides.extent);
  OnnxView part{cut_side(draft, name, node, sides.are_rows, cut), view.dims, view.batched, {}};
  part.dims[axis] = cut.count;
  for (std::size_t each = view.first_axis(); each < runs.size(); ++each)
    for (auto [size, stride] : runs[each]) {
      if (each == axis) size = cut.count;
      if (stride > run.stride) stride = stride / run.size * cut.count;  // outside of the axis
      part.order.push_back({size, stride});
    }
  part.order = joined(part.order);
  return part;
}

}  // namespace karnin
