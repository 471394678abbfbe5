// Ops that work on constants alone: what exporters leave of shapes that they compute, and of
// weights that they hold in another form.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "formats/exchange/onnx_broadcast.h"
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
struct Cut {
  std::int64_t start, end, step;
};

/// The indices of an axis that a slice takes, with the bounds of numpy.
Integers sliced(const Cut& cut, std::int64_t length) {
  OnnxNode::require(cut.step != 0, "steps: expected one that isn't 0");
  const bool back = cut.step < 0;
  const auto bounded = [&](std::int64_t at) {
    if (at < 0) at = at < -length ? -1 : at + length;
    return std::clamp<std::int64_t>(at, back ? -1 : 0, back ? length - 1 : length);
  };
  // An end before the first element is -1 behind it, which stands for the last one elsewhere.
  const std::int64_t end = back && cut.end < -length ? -1 : bounded(cut.end);
  const std::int64_t step = std::clamp(cut.step, -length - 1, length + 1);  // or sums overflow
  Integers indices;
  for (std::int64_t at = bounded(cut.start); back ? at > end : at < end; at += step)
    indices.push_back(at);
  return indices;
}

/// Starts, ends, axes and steps: attributes up to opset 9, inputs from 10 on.
Integers slicing(const OnnxNode& node, std::size_t input, std::string_view attribute,
                 Integers otherwise) {
  if (node.has(input)) return node.integers_at(input);
  return node.integers(attribute).value_or(std::move(otherwise));
}

template <typename T>
OnnxConstant filled(const Dims& dims, T value) {
  return {dims, std::vector<T>(static_cast<std::size_t>(element_count(dims)), value)};
}

/// One scale or zero point, or one for each index of `axis`, with dimensions to be broadcast.
OnnxConstant along_axis(const OnnxConstant& constant, std::int64_t axis, std::size_t rank) {
  if (constant.size() == 1) return constant.with_dims({});
  Dims dims(rank, 1);
  dims[checked_axis(axis, rank)] = static_cast<std::int64_t>(constant.size());
  return constant.with_dims(std::move(dims));
}

}  // namespace

OnnxValue fold_constant(OnnxDraft& draft, const OnnxNode& node) {
  if (const auto* tensor = node.tensor("value")) return read_tensor(*tensor, draft.source());
  if (const auto* sparse = node.sparse_tensor("sparse_value"))
    return read_tensor(*sparse, draft.source());
  if (node.has_attribute("value_float"))
    return OnnxConstant({}, Reals{node.real("value_float", 0.0F)});
  if (node.has_attribute("value_int"))
    return OnnxConstant({}, Integers{node.integer("value_int", 0)});
  if (const auto reals = node.reals("value_floats"))
    return OnnxConstant({std::ssize(*reals)}, *reals);
  if (const auto whole = node.integers("value_ints"))
    return OnnxConstant({std::ssize(*whole)}, *whole);
  OnnxNode::fail("expected a value of numbers, got none");
}

/// Many values from few: the allowance is what bounds them.
OnnxValue fold_constant_of_shape(OnnxDraft& draft, const OnnxNode& node) {
  const Dims& dims = node.integers_at(0);
  require_rank(dims);
  const auto* tensor = node.tensor("value");
  const OnnxConstant value =
      tensor == nullptr ? OnnxConstant({}, Reals{0.0F}) : read_tensor(*tensor, draft.source());
  OnnxNode::require(value.size() == 1,
                    "value: expected one number, got " + to_string(value.dims()));
  draft.source().spend(work_of(dims));
  return value.visit([&](const auto& values) { return filled(dims, values.front()); });
}

OnnxValue fold_gather(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxConstant& src = node.constant(0);
  const std::size_t axis = checked_axis(node.integer("axis", 0), src.dims().size());
  return gathered(draft, src, axis, node.integers_at(1), node.constant(1).dims());
}

/// One axis after the other, each by the indices that its cut takes.
OnnxValue fold_slice(OnnxDraft& draft, const OnnxNode& node) {
  OnnxConstant part = node.constant(0);
  const Integers starts = slicing(node, 1, "starts", {}), ends = slicing(node, 2, "ends", {});
  Integers all(starts.size());
  std::iota(all.begin(), all.end(), 0);
  const Integers axes = slicing(node, 3, "axes", all),
                 steps = slicing(node, 4, "steps", Integers(starts.size(), 1));
  OnnxNode::require(
      ends.size() == starts.size() && axes.size() == starts.size() && steps.size() == starts.size(),
      "expected as many starts as ends, axes and steps");
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t axis = checked_axis(axes[i], part.dims().size());
    draft.source().spend(part.dims()[axis]);
    const Integers indices = sliced({starts[i], ends[i], steps[i]}, part.dims()[axis]);
    part = gathered(draft, part, axis, indices, {std::ssize(indices)});
  }
  return part;
}

/// (x - zero point) * scale, either of which is one for all or one for each index of an axis.
OnnxValue fold_dequantize(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxConstant& src = node.constant(0);
  const Integers& whole = node.integers_at(0);
  OnnxNode::require(node.integer("block_size", 0) == 0, "block_size: expected 0");
  node.integer("output_dtype", 0);  // a real type, and all of them are float here
  const std::size_t rank = src.dims().size();
  node.reals_at(1);
  const std::int64_t axis = node.integer("axis", 1);
  const OnnxConstant scale = along_axis(node.constant(1), axis, rank);
  const OnnxConstant zero =
      node.has(2) ? along_axis(node.constant(2), axis, rank) : OnnxConstant({}, Integers{0});
  OnnxNode::require(!zero.is_real() && broadcast_dims(scale.dims(), src.dims()) == src.dims() &&
                        broadcast_dims(zero.dims(), src.dims()) == src.dims(),
                    "expected a scale and a zero point for " + to_string(src.dims()));
  draft.source().spend(3 * static_cast<std::int64_t>(src.size()));
  const Integers scales = broadcast_places(scale.dims(), src.dims()),
                 zeros = broadcast_places(zero.dims(), src.dims());
  Reals values(src.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = (static_cast<float>(whole[i]) -
                 static_cast<float>(zero.integers()[static_cast<std::size_t>(zeros[i])])) *
                scale.reals()[static_cast<std::size_t>(scales[i])];
  return OnnxConstant(src.dims(), std::move(values));
}

}  // namespace karnin
