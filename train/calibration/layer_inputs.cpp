#include "train/calibration/layer_inputs.h"

#include <algorithm>
#include <cmath>

namespace karnin {
namespace {

Conv2d as_convolution(const Op& op, const Extent& src) {
  if (const auto* conv = std::get_if<Conv2d>(&op)) return *conv;
  return {.oc = std::get<FullyConnected>(op).oc, .kh = src.h, .kw = src.w};
}

}  // namespace

LayerInputs::LayerInputs(const Graph& graph, std::span<const Extent> extents, NodeId id)
    : src_(extents[static_cast<std::size_t>(graph.node(id).inputs.front())]),
      dst_(extents[static_cast<std::size_t>(id)]) {
  conv_ = as_convolution(graph.node(id).op, src_);
  for (std::int64_t c = 0; c < src_.c / conv_.groups; ++c)
    for (std::int64_t y = 0; y < conv_.kh; ++y)
      for (std::int64_t x = 0; x < conv_.kw; ++x) taps_.push_back({c, y * conv_.dh, x * conv_.dw});
}

std::vector<Columns> LayerInputs::blocks() const {
  // A row's matrix costs the cube of its columns: some 2^44 for all rows take a minute or two.
  constexpr double kMostWork = 0x1p44;
  const auto affordable =
      static_cast<std::int64_t>(std::cbrt(kMostWork / static_cast<double>(rows())));
  const std::int64_t most = std::clamp<std::int64_t>(affordable, 1, kMaxColumns);
  const std::int64_t count = (columns() + most - 1) / most;
  std::vector<Columns> blocks;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t begin = i * columns() / count, end = (i + 1) * columns() / count;
    blocks.push_back({begin, end - begin});
  }
  return blocks;
}

void LayerInputs::gather(const float* src, std::int64_t position, const Columns& columns,
                         float* dst) const {
  const std::int64_t top = position / dst_.w * conv_.sh - conv_.ph.l;
  const std::int64_t left = position % dst_.w * conv_.sw - conv_.pw.l;
  const std::int64_t channels = src_.c / conv_.groups;
  for (std::int64_t group = 0; group < conv_.groups; ++group) {
    const float* const plane = src + group * channels * src_.h * src_.w;
    for (std::int64_t i = columns.begin; i < columns.begin + columns.count; ++i, ++dst) {
      const auto [channel, dy, dx] = taps_[static_cast<std::size_t>(i)];
      const std::int64_t y = top + dy, x = left + dx;
      const bool inside = y >= 0 && y < src_.h && x >= 0 && x < src_.w;
      *dst = inside ? plane[(channel * src_.h + y) * src_.w + x] : 0.0F;
    }
  }
}

}  // namespace karnin
