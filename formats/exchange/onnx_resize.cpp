// Ops that say values several times: Tile, and Resize and Upsample by whole factors.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

constexpr std::int64_t kMostCopies = 256;  ///< or a few bytes of a file would make a huge network

/// Copies of all elements, each axis so many times as long: all of it again and again, or (`inner`)
/// each element. The copies follow one another in memory, and the view tells where they belong.
OnnxView repeated(OnnxDraft& draft, const OnnxNode& node, const Integers& factors, bool inner) {
  const OnnxView& src = node.view(0);
  OnnxNode::require(factors.size() == src.dims.size() &&
                        std::ranges::all_of(factors, [](auto f) { return f >= 1; }),
                    "expected a whole factor for each axis, got others of " + to_string(src.dims));
  OnnxNode::require(!src.batched || factors.front() == 1, "expected the batch once");
  std::int64_t copies = 1;
  for (const std::int64_t factor : factors) copies = checked_mul(copies, factor);
  OnnxNode::require(copies <= kMostCopies,
                    fmt::format("expected at most {} copies, got {}", kMostCopies, copies));
  if (copies == 1) return src;
  const OnnxView whole = with_whole_axes(draft, src);
  const std::vector<OnnxRuns> runs = runs_of(whole).value();
  const NodeId once = draft.reshaped(whole.node, {1, 1, src.size()});
  const std::vector<NodeId> all(static_cast<std::size_t>(copies), once);
  OnnxView result{draft.add(node.name(), Concat{}, all), src.dims, src.batched, {}};
  std::int64_t stride = copies * src.size();
  for (std::size_t axis = src.first_axis(); axis < factors.size(); ++axis) {
    stride /= factors[axis];
    const OnnxRun copy{factors[axis], stride};
    if (!inner) result.order.push_back(copy);
    result.order.insert(result.order.end(), runs[axis].begin(), runs[axis].end());
    if (inner) result.order.push_back(copy);
    result.dims[axis] *= factors[axis];
  }
  result.order = joined(result.order);
  return result;
}

/// Ways from a place to a whole factor of it that come to the element that it was.
constexpr auto kNearest = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"asymmetric", "floor"},
     {"tf_half_pixel_for_nn", "floor"},
     {"half_pixel", "round_prefer_floor"},
     {"half_pixel", "round_prefer_ceil"},
     {"pytorch_half_pixel", "round_prefer_floor"},
     {"pytorch_half_pixel", "round_prefer_ceil"}});

/// Up to opset 10 there was one way.
void require_nearest(const OnnxNode& node) {
  const std::string mode = node.text("mode", "nearest");
  OnnxNode::require(mode == "nearest", fmt::format("mode: expected nearest, got {}", mode));
  if (node.opset() < 11) return;
  const std::string place = node.text("coordinate_transformation_mode", "half_pixel"),
                    rounding = node.text("nearest_mode", "round_prefer_floor");
  for (const char* unused : {"cubic_coeff_a", "extrapolation_value"}) node.real(unused, 0);
  node.integer("exclude_outside", 0), node.integer("antialias", 0);
  node.text("keep_aspect_ratio_policy", "");
  OnnxNode::require(
      std::ranges::find(kNearest, std::pair<std::string_view, std::string_view>(place, rounding)) !=
          kNearest.end(),
      fmt::format("expected each element to be repeated, got {} and {}", place, rounding));
}

/// An attribute in opset 7 and 8, then an input, later with a region of interest before it.
Reals scales_of(const OnnxNode& node) {
  if (auto scales = node.reals("scales")) return *scales;
  const std::size_t input = node.opset() < 11 ? 1 : 2;
  return node.has(input) ? node.reals_at(input) : Reals();
}

/// By sizes where there are no scales. What is no whole factor becomes 0.
Integers factors_of(const OnnxNode& node) {
  Integers factors;
  for (const float scale : scales_of(node))
    factors.push_back(scale >= 1 && scale <= kMostCopies && scale == std::floor(scale)
                          ? static_cast<std::int64_t>(scale)
                          : 0);
  if (!factors.empty() || !node.has(3)) return factors;
  const Integers& sizes = node.integers_at(3);
  const Dims& dims = node.view(0).dims;
  for (std::size_t axis = 0; axis < std::min(sizes.size(), dims.size()); ++axis)
    factors.push_back(sizes[axis] % dims[axis] == 0 ? sizes[axis] / dims[axis] : 0);
  return factors;
}

}  // namespace

OnnxValue build_tile(OnnxDraft& draft, const OnnxNode& node) {
  return repeated(draft, node, node.integers_at(1), false);
}

OnnxValue build_resize(OnnxDraft& draft, const OnnxNode& node) {
  require_nearest(node);
  return repeated(draft, node, factors_of(node), true);
}

}  // namespace karnin
