#include "formats/exchange/onnx_broadcast.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "formats/exchange/onnx_node.h"

namespace karnin {
namespace {

/// With ones before, or without those that are too many.
Dims aligned(const Dims& dims, std::size_t rank) {
  if (dims.size() <= rank) {
    Dims longer(rank - dims.size(), 1);
    longer.insert(longer.end(), dims.begin(), dims.end());
    return longer;
  }
  const auto cut = static_cast<std::ptrdiff_t>(dims.size() - rank);
  OnnxNode::require(
      std::all_of(dims.begin(), dims.begin() + cut, [](auto dim) { return dim == 1; }),
      fmt::format("expected at most {} dimensions, got {}", rank, to_string(dims)));
  return {dims.begin() + cut, dims.end()};
}

/// Steps through a tensor of `src`: none along an axis of one.
Dims steps_of(const Dims& src) {
  Dims steps = strides_of(src);
  for (std::size_t axis = 0; axis < src.size(); ++axis)
    if (src[axis] == 1) steps[axis] = 0;
  return steps;
}

}  // namespace

std::optional<Reals> by_channel(OnnxDraft& draft, const OnnxView& view,
                                const OnnxConstant& constant) {
  const Dims dims = aligned(constant.dims(), view.dims.size());
  OnnxNode::require(
      !view.batched || dims[0] == 1,
      "expected a constant that is the same for all images, got " + to_string(constant.dims()));
  for (std::size_t axis = view.first_axis(); axis < dims.size(); ++axis)
    OnnxNode::require(dims[axis] == 1 || dims[axis] == view.dims[axis],
                      fmt::format("expected a constant for {}, got {}", to_string(view.dims),
                                  to_string(constant.dims())));
  const auto [channels, h, w] = draft.extent(view.node);
  draft.source().spend(channels);  // of which a file may name many in a few bytes
  if (constant.size() == 1)
    return Reals(static_cast<std::size_t>(channels), constant.reals().front());
  const auto runs = runs_of(view);
  if (!runs) return std::nullopt;
  // A run is either inside of a channel, where the constant must not change, or goes from one
  // channel to another.
  const Dims steps = steps_of(dims);
  Dims sizes, from, to;  // of the runs that go from channel to channel
  for (std::size_t axis = view.first_axis(); axis < dims.size(); ++axis) {
    std::int64_t step = view.dims[axis] * steps[axis];
    for (const auto& [size, stride] : (*runs)[axis]) {
      step /= size;
      if (size * stride <= h * w && step == 0) continue;
      if (stride % (h * w) != 0) return std::nullopt;
      sizes.push_back(size);
      from.push_back(step);
      to.push_back(stride / (h * w));
    }
  }
  const Integers sources = offsets_of(sizes, from), places = offsets_of(sizes, to);
  Reals values(static_cast<std::size_t>(channels));
  for (std::size_t i = 0; i < places.size(); ++i)
    values[static_cast<std::size_t>(places[i])] =
        constant.reals()[static_cast<std::size_t>(sources[i])];
  return values;
}

OnnxSpread spread(OnnxDraft& draft, const OnnxView& view, const OnnxConstant& constant) {
  if (auto values = by_channel(draft, view, constant)) return {view.node, std::move(*values)};
  draft.source().spend(3 * view.size());
  Dims dims = aligned(constant.dims(), view.dims.size());
  dims.erase(dims.begin(), dims.begin() + static_cast<std::ptrdiff_t>(view.first_axis()));
  const Integers from = offsets_of(view.image_dims(), steps_of(dims)), to = places_of(view);
  Reals values(from.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[static_cast<std::size_t>(to[i])] = constant.reals()[static_cast<std::size_t>(from[i])];
  return {draft.add("reshape", Reshape{{view.size(), 1, 1}}, {view.node}), std::move(values)};
}

Dims broadcast_dims(const Dims& a, const Dims& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  const Dims left = aligned(a, rank), right = aligned(b, rank);
  Dims dims(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    OnnxNode::require(
        left[axis] == right[axis] || left[axis] == 1 || right[axis] == 1,
        fmt::format("expected dimensions that fit, got {} and {}", to_string(a), to_string(b)));
    dims[axis] = left[axis] == 1 ? right[axis] : left[axis];
  }
  return dims;
}

Integers broadcast_places(const Dims& src, const Dims& dims) {
  return offsets_of(dims, steps_of(aligned(src, dims.size())));
}

}  // namespace karnin
