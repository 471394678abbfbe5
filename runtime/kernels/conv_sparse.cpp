#include "runtime/kernels/conv_sparse.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "runtime/kernels/sparse_tile.h"

namespace karnin::kernels {
namespace {

std::int64_t offset_in_lanes(const ConvShape& s, const SparseTile& tile, std::int64_t plane,
                             std::int64_t ky, std::int64_t kx) {
  const std::int64_t lanes = tile.row_floats / (s.sw * tile.window_columns);
  return (plane * tile.window_rows + ky * s.dh) * tile.row_floats +
         (kx * s.dw % s.sw * tile.window_columns + kx * s.dw / s.sw) * lanes;
}

std::int64_t offset_in_planes(const ConvShape& s, const SparseTile& tile, std::int64_t plane,
                              std::int64_t ky, std::int64_t kx) {
  const std::int64_t row = ky * s.dh;
  return (((plane * s.kw + kx) * s.sh + row % s.sh) * tile.window_rows + row / s.sh) * tile.columns;
}

/// Input channels of which some weight is kept.
std::vector<std::uint32_t> used_planes(const ConvShape& s, std::span<const float> weights) {
  const std::int64_t taps = s.kh * s.kw, ic = s.ic / s.groups, oc = s.oc / s.groups;
  std::vector<std::uint32_t> used;
  for (std::int64_t plane = 0; plane < s.ic; ++plane) {
    const std::int64_t group = plane / ic;
    const auto reads = [&](std::int64_t channel) {
      const auto at = static_cast<std::size_t>((channel * ic + plane % ic) * taps);
      const auto own = weights.subspan(at, static_cast<std::size_t>(taps));
      return std::ranges::count(own, 0.0F) < taps;
    };
    for (std::int64_t channel = group * oc; channel < (group + 1) * oc; ++channel) {
      if (!reads(channel)) continue;
      used.push_back(static_cast<std::uint32_t>(plane));
      break;
    }
  }
  return used;
}

KeptWeights kept_of(std::span<const float> weights, std::span<const std::uint32_t> planes) {
  return {std::ssize(planes), std::ssize(weights) - std::ranges::count(weights, 0.0F)};
}

}  // namespace

PackedConv::PackedConv(const ConvShape& shape, std::span<const float> weights, std::int64_t lanes)
    : row_ptr_{0} {
  assert(shape.ph == 0 && shape.pw == 0);
  const float* weight = weights.data();
  for (std::int64_t oc = 0; oc < shape.oc; ++oc) {
    for (std::int64_t ic = 0; ic < shape.ic; ++ic)
      for (std::int64_t ky = 0; ky < shape.kh; ++ky)
        for (std::int64_t kx = 0; kx < shape.kw; ++kx, ++weight) {
          if (*weight == 0.0F) continue;
          const std::int64_t offset = ((ic * shape.ih + ky) * shape.iw + kx) * lanes;
          entries_.push_back({static_cast<std::uint32_t>(offset), *weight});
        }
    row_ptr_.push_back(static_cast<std::uint32_t>(entries_.size()));
  }
  assert(weight == weights.data() + weights.size());
}

bool PackedConvTiles::fits_in_lanes(const ConvShape& shape, std::int64_t lanes) {
  return lanes_tile(shape, {1, 1}, lanes).has_value();
}

bool PackedConvTiles::fits_in_planes(const ConvShape& shape, std::int64_t lanes) {
  return planes_tile(shape, {1, 1}, lanes).has_value();
}

PackedConvTiles PackedConvTiles::in_lanes(const ConvShape& shape, std::span<const float> weights,
                                          std::int64_t lanes) {
  std::vector<std::uint32_t> planes = used_planes(shape, weights);
  const auto tile = lanes_tile(shape, kept_of(weights, planes), lanes);
  return {shape, weights, tile.value(), std::move(planes), offset_in_lanes};
}

PackedConvTiles PackedConvTiles::in_planes(const ConvShape& shape, std::span<const float> weights,
                                           std::int64_t lanes) {
  std::vector<std::uint32_t> planes = used_planes(shape, weights);
  const auto tile = planes_tile(shape, kept_of(weights, planes), lanes);
  return {shape, weights, tile.value(), std::move(planes), offset_in_planes};
}

std::int64_t PackedConvTiles::groups() const {
  return std::max<std::int64_t>((std::ssize(planes_) + tile_.planes - 1) / tile_.planes, 1);
}

PackedConvTiles::PackedConvTiles(const ConvShape& s, std::span<const float> weights,
                                 const SparseTile& tile, std::vector<std::uint32_t> planes,
                                 Offset offset)
    : tile_(tile), planes_(std::move(planes)), first_run_{0} {
  const std::span<const std::uint32_t> all(planes_);
  for (std::int64_t group = 0; group < groups(); ++group) {
    const auto first = static_cast<std::size_t>(group * tile_.planes);
    const auto count = std::min(static_cast<std::size_t>(tile_.planes), all.size() - first);
    for (std::int64_t oc = 0; oc < s.oc; ++oc)
      add_run(s, weights, offset, all.subspan(first, count), oc);
    first_run_.push_back(static_cast<std::uint32_t>(runs_.size()));
  }
  mark_ends(s.oc);
  runs_.push_back({0, static_cast<std::uint32_t>(entries_.size()), false, false});
}

/// A channel that reads nothing at all has a run in the first group: its bias is to be written.
void PackedConvTiles::add_run(const ConvShape& s, std::span<const float> weights, Offset offset,
                              std::span<const std::uint32_t> planes, std::int64_t oc) {
  const std::int64_t ic = s.ic / s.groups, first_plane = oc / (s.oc / s.groups) * ic;
  const std::size_t before = entries_.size();
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const std::int64_t plane = planes[i] - first_plane;
    if (plane < 0 || plane >= ic) continue;
    const float* weight = weights.data() + (oc * ic + plane) * s.kh * s.kw;
    for (std::int64_t ky = 0; ky < s.kh; ++ky)
      for (std::int64_t kx = 0; kx < s.kw; ++kx, ++weight) {
        if (*weight == 0.0F) continue;
        const std::int64_t at = offset(s, tile_, static_cast<std::int64_t>(i), ky, kx);
        entries_.push_back({static_cast<std::uint32_t>(at), *weight});
      }
  }
  const auto size = static_cast<std::size_t>(ic * s.kh * s.kw);
  const auto own = weights.subspan(static_cast<std::size_t>(oc) * size, size);
  const bool in_first = first_run_.size() == 1;
  if (entries_.size() > before || (in_first && std::ranges::count(own, 0.0F) == std::ssize(own)))
    runs_.push_back(
        {static_cast<std::uint32_t>(oc), static_cast<std::uint32_t>(before), false, false});
}

void PackedConvTiles::mark_ends(std::int64_t oc) {
  std::vector<SparseRun*> last(static_cast<std::size_t>(oc), nullptr);
  for (SparseRun& run : runs_) {
    run.starts = last[run.oc] == nullptr;
    last[run.oc] = &run;
  }
  for (SparseRun* run : last) run->ends = true;
}

}  // namespace karnin::kernels
