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
  return (plane * tile.window_rows + ky) * tile.row_floats +
         (kx % s.sw * tile.window_columns + kx / s.sw) * lanes;
}

std::int64_t offset_in_planes(const ConvShape& s, const SparseTile& tile, std::int64_t plane,
                              std::int64_t ky, std::int64_t kx) {
  return (((plane * s.kw + kx) * s.sh + ky % s.sh) * tile.window_rows + ky / s.sh) * tile.columns;
}

/// Input channels of which some weight is kept.
std::vector<std::uint32_t> used_planes(const ConvShape& s, std::span<const float> weights) {
  const auto taps = static_cast<std::size_t>(s.kh * s.kw), ic = static_cast<std::size_t>(s.ic);
  std::vector<std::uint32_t> used;
  for (std::size_t plane = 0; plane < ic; ++plane)
    for (std::size_t at = plane * taps; at < weights.size(); at += ic * taps) {
      const auto own = weights.subspan(at, taps);
      if (std::ranges::count(own, 0.0F) == std::ssize(own)) continue;
      used.push_back(static_cast<std::uint32_t>(plane));
      break;
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
    : tile_(tile), planes_(std::move(planes)), row_ptr_{0} {
  const std::span<const std::uint32_t> all(planes_);
  for (std::int64_t group = 0; group < groups(); ++group) {
    const auto first = static_cast<std::size_t>(group * tile_.planes);
    const auto count = std::min(static_cast<std::size_t>(tile_.planes), all.size() - first);
    add_rows(s, weights, offset, all.subspan(first, count));
  }
}

/// One group of planes.
void PackedConvTiles::add_rows(const ConvShape& s, std::span<const float> weights, Offset offset,
                               std::span<const std::uint32_t> planes) {
  for (std::int64_t oc = 0; oc < s.oc; ++oc) {
    for (std::size_t plane = 0; plane < planes.size(); ++plane) {
      const float* weight = weights.data() + (oc * s.ic + planes[plane]) * s.kh * s.kw;
      for (std::int64_t ky = 0; ky < s.kh; ++ky)
        for (std::int64_t kx = 0; kx < s.kw; ++kx, ++weight) {
          if (*weight == 0.0F) continue;
          const std::int64_t at = offset(s, tile_, static_cast<std::int64_t>(plane), ky, kx);
          entries_.push_back({static_cast<std::uint32_t>(at), *weight});
        }
    }
    row_ptr_.push_back(static_cast<std::uint32_t>(entries_.size()));
  }
}

}  // namespace karnin::kernels
