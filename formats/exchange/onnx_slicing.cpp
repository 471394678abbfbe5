// Ops that take some indices of an axis: Slice, Split, Gather. Of shapes, which exporters compute,
// of weights, and of values of the image.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "formats/exchange/onnx_cut.h"
#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

/// Slices of an axis, in the order of `indices`, which has these dimensions.
OnnxConstant gathered(OnnxDraft& draft, const OnnxConstant& src, std::size_t axis,
                      const Integers& indices, const Dims& index_dims) {
  const std::span<const std::int64_t> all = src.dims();
  Dims dims(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(axis));
  dims.insert(dims.end(), index_dims.begin(), index_dims.end());
  dims.insert(dims.end(), all.begin() + static_cast<std::ptrdiff_t>(axis) + 1, all.end());
  require_rank(dims);
  draft.source().spend(work_of(dims));
  const std::int64_t outer = element_count(all.first(axis));
  const std::int64_t inner = element_count(all.subspan(axis + 1));
  return src.visit([&]<typename T>(const std::vector<T>& values) {
    std::vector<T> taken;
    for (std::int64_t o = 0; o < outer; ++o)
      for (const std::int64_t index : indices) {
        const auto at = checked_axis(index, static_cast<std::size_t>(all[axis]));
        const auto first = values.begin() + (o * all[axis] + static_cast<std::int64_t>(at)) * inner;
        taken.insert(taken.end(), first, first + inner);
      }
    return OnnxConstant(std::move(dims), std::move(taken));
  });
}

/// Of one axis, as a Slice has it; negative numbers count from the end.
struct Bounds {
  std::int64_t start, end, step;
};

/// The indices that a slice takes of an axis, with the bounds of numpy.
OnnxCut cut_of(const Bounds& bounds, std::int64_t length) {
  OnnxNode::require(bounds.step != 0, "steps: expected one that isn't 0");
  const bool back = bounds.step < 0;
  const auto bounded = [&](std::int64_t at) {
    if (at < 0) at = at < -length ? -1 : at + length;
    return std::clamp<std::int64_t>(at, back ? -1 : 0, back ? length - 1 : length);
  };
  // An end before the first element is -1 behind it, which stands for the last one elsewhere.
  const std::int64_t end = back && bounds.end < -length ? -1 : bounded(bounds.end);
  const std::int64_t step = std::clamp(bounds.step, -length - 1, length + 1);  // or sums overflow
  const std::int64_t start = bounded(bounds.start), span = back ? start - end : end - start;
  const std::int64_t stride = back ? -step : step;
  const std::int64_t count = std::max<std::int64_t>(0, (span + stride - 1) / stride);
  return {start, count, count == 1 ? 1 : step};
}

/// The indices of a value's axis that are in the cut.
OnnxValue taken(OnnxDraft& draft, const OnnxNode& node, const OnnxValue& src, std::size_t axis,
                const OnnxCut& cut) {
  if (const auto* guise = std::get_if<OnnxGuise>(&src)) OnnxNode::refuse(*guise);
  if (const auto* view = std::get_if<OnnxView>(&src))
    return cut_axis(draft, node.name(), *view, axis, cut);
  draft.source().spend(cut.count);
  Integers indices(static_cast<std::size_t>(cut.count));
  for (std::size_t i = 0; i < indices.size(); ++i)
    indices[i] = cut.start + static_cast<std::int64_t>(i) * cut.step;
  return gathered(draft, std::get<OnnxConstant>(src), axis, indices, {cut.count});
}

/// Starts, ends, axes and steps: attributes up to opset 9, inputs from 10 on.
Integers slicing(const OnnxNode& node, std::size_t input, std::string_view attribute,
                 Integers otherwise) {
  if (node.has(input)) return node.integers_at(input);
  return node.integers(attribute).value_or(std::move(otherwise));
}

/// Evenly spaced indices of an axis of this length. Throws ShapeError for others.
OnnxCut even_cut(const Integers& indices, std::int64_t length) {
  OnnxNode::require(!indices.empty(), "input 1: expected an index, got none");
  const auto at = [&](std::size_t i) {
    return static_cast<std::int64_t>(checked_axis(indices[i], static_cast<std::size_t>(length)));
  };
  const std::int64_t step = indices.size() == 1 ? 1 : at(1) - at(0);
  for (std::size_t i = 1; i < indices.size(); ++i)
    OnnxNode::require(at(i) - at(i - 1) == step && step > 0,
                      "input 1: expected indices in rising order, all one distance apart");
  return {at(0), std::ssize(indices), step};
}

/// How many indices each output has: an attribute up to opset 12, an input from 13 on, as many for
/// each where there is neither. Only from 18 on the last may have less.
Integers parts(const OnnxNode& node, std::int64_t length) {
  const auto outputs = static_cast<std::int64_t>(node.output_count());
  const std::int64_t each = (length + outputs - 1) / outputs;
  OnnxNode::require(node.integer("num_outputs", outputs) == outputs,
                    fmt::format("num_outputs: expected {}", outputs));
  if (node.has(1)) return node.integers_at(1);
  if (auto split = node.integers("split")) return *split;
  Integers sizes(static_cast<std::size_t>(outputs), each);
  if (node.has_attribute("num_outputs")) sizes.back() = length - (outputs - 1) * each;
  return sizes;
}

}  // namespace

/// One axis after the other.
OnnxValue build_slice(OnnxDraft& draft, const OnnxNode& node) {
  OnnxValue part = node.value(0);
  const Integers starts = slicing(node, 1, "starts", {}), ends = slicing(node, 2, "ends", {});
  Integers all(starts.size());
  std::iota(all.begin(), all.end(), 0);
  const Integers axes = slicing(node, 3, "axes", all),
                 steps = slicing(node, 4, "steps", Integers(starts.size(), 1));
  OnnxNode::require(
      ends.size() == starts.size() && axes.size() == starts.size() && steps.size() == starts.size(),
      "expected as many starts as ends, axes and steps");
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t axis = checked_axis(axes[i], dims_of(part).size());
    const OnnxCut cut = cut_of({starts[i], ends[i], steps[i]}, dims_of(part)[axis]);
    part = taken(draft, node, part, axis, cut);
  }
  return part;
}

OnnxValue build_split(OnnxDraft& draft, const OnnxNode& node) {
  const Dims& dims = dims_of(node.value(0));
  const std::size_t axis = checked_axis(node.integer("axis", 0), dims.size());
  const Integers sizes = parts(node, dims[axis]);
  std::int64_t all = 0, start = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    OnnxNode::require(sizes[i] >= 0,
                      fmt::format("split: expected no sizes below 0, got {}", sizes[i]));
    if (std::cmp_equal(i, node.output())) start = all;
    all = checked_add(all, sizes[i]);
  }
  OnnxNode::require(
      std::cmp_equal(sizes.size(), node.output_count()) && all == dims[axis],
      fmt::format("split: expected parts of a whole axis, one an output, got {} of {} for {} of {}",
                  sizes.size(), all, node.output_count(), to_string(Dims{dims[axis]})));
  return taken(draft, node, node.value(0), axis,
               {start, sizes[static_cast<std::size_t>(node.output())]});
}

/// One index takes the axis away; of a value of the image the indices are those of a Slice.
OnnxValue build_gather(OnnxDraft& draft, const OnnxNode& node) {
  const std::size_t axis = checked_axis(node.integer("axis", 0), dims_of(node.value(0)).size());
  const Integers& indices = node.integers_at(1);
  const Dims& index_dims = node.constant(1).dims();
  if (node.is_constant(0)) return gathered(draft, node.constant(0), axis, indices, index_dims);
  const OnnxView& src = node.view(0);
  OnnxView part = cut_axis(draft, node.name(), src, axis, even_cut(indices, src.dims[axis]));
  const auto at = part.dims.erase(part.dims.begin() + static_cast<std::ptrdiff_t>(axis));
  part.dims.insert(at, index_dims.begin(), index_dims.end());
  require_rank(part.dims);
  return part;
}

}  // namespace karnin
