// Ops that leave all elements what they are: Reshape, Flatten, Squeeze, Unsqueeze, Transpose; and
// Shape.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

/// Positions may be joined with the batch, until they are parted again.
OnnxValue with_dims_of_image(const OnnxView& view, Dims dims) {
  const std::int64_t batch = view.batched ? view.dims.front() : 0;
  if (view.batched && !dims.empty() && dims.front() > batch && dims.front() % batch == 0)
    return disguised(view, std::move(dims));
  OnnxNode::require(!view.batched || (!dims.empty() && dims.front() == batch),
                    fmt::format("expected the batch to stay first, got {} of {}", to_string(dims),
                                to_string(view.dims)));
  OnnxView same = view;
  same.dims = std::move(dims);
  return same;
}

/// The value under other dimensions, of which the first stays the batch of a value of the image.
OnnxValue with_dims(const OnnxValue& value, Dims dims) {
  const Dims& old = dims_of(value);
  require_rank(dims);
  OnnxNode::require(
      element_count(dims) == element_count(old),
      fmt::format("expected as many values as {} has, got {}", to_string(old), to_string(dims)));
  if (const auto* constant = std::get_if<OnnxConstant>(&value))
    return constant->with_dims(std::move(dims));
  if (const auto* view = std::get_if<OnnxView>(&value))
    return with_dims_of_image(*view, std::move(dims));
  const auto& guise = std::get<OnnxGuise>(value);
  if (guise.is_expanded()) OnnxNode::refuse(guise);
  return with_dims_of_image(guise.view, std::move(dims));
}

/// A Reshape's target, with 0 for a dimension that stays and -1 for the one that is left open.
Dims target_dims(const Dims& src, const Integers& target, bool allow_zero) {
  Dims dims = target;
  std::optional<std::size_t> open;
  std::int64_t known = 1;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 && !allow_zero) {
      OnnxNode::require(i < src.size(),
                        fmt::format("expected dimension {} to stay, got {}", i, to_string(src)));
      dims[i] = src[i];
    }
    OnnxNode::require(dims[i] >= 0 || (dims[i] == -1 && !open),
                      "expected a shape with at most one -1, got " + to_string(target));
    if (dims[i] < 0)
      open = i;
    else
      known = checked_mul(known, dims[i]);
  }
  if (!open) return dims;
  const std::int64_t all = element_count(src);
  OnnxNode::require(known > 0 && all % known == 0, fmt::format("expected a shape for {}, got {}",
                                                               to_string(src), to_string(target)));
  dims[*open] = all / known;
  return dims;
}

/// Of Squeeze and Unsqueeze: an attribute up to opset 12, an input from 13 on.
std::optional<Integers> squeezing_axes(const OnnxNode& node) {
  return node.has(1) ? node.integers_at(1) : node.integers("axes");
}

/// Checked, each there once.
std::set<std::size_t> axis_set(const Integers& axes, std::size_t rank) {
  std::set<std::size_t> set;
  for (const std::int64_t axis : axes) set.insert(checked_axis(axis, rank));
  OnnxNode::require(set.size() == axes.size(), "axes: expected each once");
  return set;
}

/// By default the axes are turned around.
std::vector<std::size_t> permutation(const OnnxNode& node, std::size_t rank) {
  Integers backwards(rank);
  std::iota(backwards.rbegin(), backwards.rend(), 0);
  const Integers perm = node.integers("perm").value_or(backwards);
  const std::set<std::size_t> axes = axis_set(perm, rank);
  OnnxNode::require(axes.size() == rank,
                    fmt::format("perm: expected {} axes, got {}", rank, perm.size()));
  std::vector<std::size_t> checked;
  for (const std::int64_t axis : perm) checked.push_back(checked_axis(axis, rank));
  return checked;
}

/// A constant is moved right away.
OnnxConstant transposed(const OnnxConstant& constant, const std::vector<std::size_t>& perm) {
  const Dims strides = strides_of(constant.dims());
  Dims dims, steps;
  for (const std::size_t axis : perm) {
    dims.push_back(constant.dims()[axis]);
    steps.push_back(strides[axis]);
  }
  return constant.visit([&]<typename T>(const std::vector<T>& values) {
    std::vector<T> moved;
    moved.reserve(values.size());
    for (const std::int64_t place : offsets_of(dims, steps))
      moved.push_back(values[static_cast<std::size_t>(place)]);
    return OnnxConstant(std::move(dims), std::move(moved));
  });
}

/// Of a value of the image the elements stay where they are: only the way through them changes.
OnnxView transposed(OnnxDraft& draft, const OnnxView& view, const std::vector<std::size_t>& perm) {
  OnnxNode::require(!view.batched || perm.front() == 0, "perm: expected the batch to stay first");
  OnnxView source = with_whole_axes(draft, view);
  const std::vector<OnnxRuns> runs = runs_of(source).value();
  OnnxView turned = source;
  turned.order.clear();
  for (std::size_t i = view.first_axis(); i < perm.size(); ++i) {
    turned.dims[i] = source.dims[perm[i]];
    turned.order.insert(turned.order.end(), runs[perm[i]].begin(), runs[perm[i]].end());
  }
  turned.order = joined(turned.order);
  return turned;
}

}  // namespace

OnnxValue build_reshape(OnnxDraft& /*draft*/, const OnnxNode& node) {
  const bool allow_zero = node.integer("allowzero", 0) != 0;
  return with_dims(node.value(0),
                   target_dims(dims_of(node.value(0)), node.integers_at(1), allow_zero));
}

/// Two dimensions: all before the axis, and all from it on.
OnnxValue build_flatten(OnnxDraft& /*draft*/, const OnnxNode& node) {
  const std::span<const std::int64_t> dims = dims_of(node.value(0));
  const std::int64_t axis = node.integer("axis", 1);
  const std::size_t cut = axis == static_cast<std::int64_t>(dims.size())
                              ? dims.size()
                              : checked_axis(axis, dims.size());
  return with_dims(node.value(0),
                   {element_count(dims.first(cut)), element_count(dims.subspan(cut))});
}

/// Without axes every dimension of 1 goes.
OnnxValue build_squeeze(OnnxDraft& /*draft*/, const OnnxNode& node) {
  const Dims& src = dims_of(node.value(0));
  const auto axes = squeezing_axes(node);
  const std::set<std::size_t> named = axis_set(axes.value_or(Integers()), src.size());
  Dims dims;
  for (std::size_t axis = 0; axis < src.size(); ++axis) {
    const bool gone = axes ? named.contains(axis) : src[axis] == 1;
    OnnxNode::require(
        !gone || src[axis] == 1,
        fmt::format("axes: expected one of size 1, got {} of {}", axis, to_string(src)));
    if (!gone) dims.push_back(src[axis]);
  }
  return with_dims(node.value(0), std::move(dims));
}

OnnxValue build_unsqueeze(OnnxDraft& /*draft*/, const OnnxNode& node) {
  const Dims& src = dims_of(node.value(0));
  const auto axes = squeezing_axes(node);
  OnnxNode::require(axes.has_value(), "axes: expected some, got none");
  const std::size_t rank = src.size() + axes->size();
  const std::set<std::size_t> added = axis_set(*axes, rank);
  Dims dims;
  auto next = src.begin();
  for (std::size_t axis = 0; axis < rank; ++axis)
    dims.push_back(added.contains(axis) ? 1 : *next++);
  return with_dims(node.value(0), std::move(dims));
}

OnnxValue build_transpose(OnnxDraft& draft, const OnnxNode& node) {
  const std::vector<std::size_t> perm = permutation(node, dims_of(node.value(0)).size());
  if (!node.is_constant(0)) return transposed(draft, node.view(0), perm);
  draft.source().spend(4 * work_of(node.constant(0).dims()));
  return transposed(node.constant(0), perm);
}

/// A constant even where the value isn't; a free batch is in it as kFreeBatch.
OnnxValue build_shape(OnnxDraft& /*draft*/, const OnnxNode& node) {
  const Dims& dims = dims_of(node.value(0));
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto bounded = [&](std::int64_t axis) {
    return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  const std::int64_t start = bounded(node.integer("start", 0)),
                     end = bounded(node.integer("end", rank));
  Integers part(dims.begin() + start, dims.begin() + std::max(start, end));
  return OnnxConstant({static_cast<std::int64_t>(part.size())}, part);
}

}  // namespace karnin
