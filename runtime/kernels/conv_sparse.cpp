#include "runtime/kernels/conv_sparse.h"

#include <algorithm>
#include <cassert>

namespace karnin::kernels {
namespace {

/// So many parts of at most `most`.
std::int64_t parts_of(std::int64_t n, std::int64_t most) { return (n + most - 1) / most; }

/// The window of so many outputs.
SparseTile tile_of(const ConvShape& s, std::int64_t rows, std::int64_t columns,
                   std::int64_t lanes) {
  SparseTile tile{.rows = rows, .columns = columns};
  tile.window_rows = (rows - 1) * s.sh + s.kh;
  tile.window_columns = columns + (s.kw - 1) / s.sw;
  tile.row_floats = s.sw * tile.window_columns * lanes;
  tile.planes = kTileWindowFloats / (tile.window_rows * tile.row_floats);
  return tile;
}

/// As many outputs as there are registers for the sums, in two rows, whose windows overlap; fewer
/// where not even one plane of that would fit. Equal parts of a row make the least of all columns.
SparseTile tile_for(const ConvShape& s, std::int64_t lanes) {
  const std::int64_t most = std::min(sparse_tile_columns(lanes), s.ow);
  const std::int64_t rows = std::min(kSparseTileRows, s.oh);
  SparseTile tile = tile_of(s, rows, parts_of(s.ow, parts_of(s.ow, most)), lanes);
  while (tile.planes == 0 && tile.columns > 1)
    tile = tile_of(s, rows, parts_of(tile.columns, 2), lanes);
  if (tile.planes == 0) tile = tile_of(s, 1, 1, lanes);
  tile.planes = std::min(tile.planes, s.ic);
  return tile;
}

std::int64_t offset_in_lanes(const ConvShape& s, const SparseTile& tile, std::int64_t plane,
                             std::int64_t ky, std::int64_t kx) {
  const std::int64_t lanes = tile.row_floats / (s.sw * tile.window_columns);
  return (plane * tile.window_rows + ky) * tile.row_floats +
         (kx % s.sw * tile.window_columns + kx / s.sw) * lanes;
}

/// As many whole rows as fill the registers, or a part of one.
SparseTile plane_tile_for(const ConvShape& s, std::int64_t lanes) {
  const std::int64_t most = sparse_plane_vectors(lanes) * lanes;
  const std::int64_t rows = std::clamp<std::int64_t>(most / s.ow, 1, s.oh);
  SparseTile tile{.rows = parts_of(s.oh, parts_of(s.oh, rows)),
                  .columns = parts_of(s.ow, parts_of(s.ow, most))};
  const auto windows = [&] {
    tile.window_rows = tile.rows + (s.kh - 1) / s.sh;
    tile.window_columns = tile.row_floats = tile.columns;
    tile.planes = kTileWindowFloats / (s.kw * s.sh * tile.window_rows * tile.columns);
  };
  for (windows(); tile.planes == 0 && tile.rows > 1; windows()) tile.rows = parts_of(tile.rows, 2);
  for (; tile.planes == 0 && tile.columns > lanes; windows())
    tile.columns = parts_of(tile.columns, 2);
  tile.planes = std::min(tile.planes, s.ic);
  return tile;
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
  return tile_for(shape, lanes).planes > 0;
}

bool PackedConvTiles::fits_in_planes(const ConvShape& shape, std::int64_t lanes) {
  return plane_tile_for(shape, lanes).planes > 0;
}

PackedConvTiles PackedConvTiles::in_lanes(const ConvShape& shape, std::span<const float> weights,
                                          std::int64_t lanes) {
  return {shape, weights, tile_for(shape, lanes), offset_in_lanes};
}

PackedConvTiles PackedConvTiles::in_planes(const ConvShape& shape, std::span<const float> weights,
                                           std::int64_t lanes) {
  return {shape, weights, plane_tile_for(shape, lanes), offset_in_planes};
}

std::int64_t PackedConvTiles::groups() const {
  return std::max<std::int64_t>(parts_of(std::ssize(planes_), tile_.planes), 1);
}

PackedConvTiles::PackedConvTiles(const ConvShape& s, std::span<const float> weights,
                                 const SparseTile& tile, Offset offset)
    : tile_(tile), planes_(used_planes(s, weights)), row_ptr_{0} {
  assert(tile_.planes > 0);
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
