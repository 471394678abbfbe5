// Sparse weights of a convolution with images in the lanes. Packed once, when a plan is made.
#pragma once

#include <span>
#include <vector>

#include "runtime/core/aligned.h"
#include "runtime/kernels/kernels.h"

namespace karnin::kernels {

/// For one shape and number of lanes: an entry names the place that it reads, not the tap.
class PackedConv {
 public:
  PackedConv() = default;
  /// weights (oc, ic, kh, kw); those that are 0 are left out. No padding.
  PackedConv(const ConvShape& shape, std::span<const float> weights, std::int64_t lanes);

  /// Valid while this object lives, also after it was moved.
  SparseRows view() const { return {row_ptr_.data(), entries_.data()}; }

 private:
  std::vector<std::uint32_t> row_ptr_;
  AlignedVector<SparseEntry> entries_;
};

/// The same for tiles, with any stride, padding, dilation and groups.
class PackedConvTiles {
 public:
  PackedConvTiles() = default;
  /// For images in the lanes. Both take weights (oc, ic / groups, kh, kw) of a shape that fits.
  static PackedConvTiles in_lanes(const ConvShape& shape, std::span<const float> weights,
                                  std::int64_t lanes);
  /// For vectors of so many positions of one image.
  static PackedConvTiles in_planes(const ConvShape& shape, std::span<const float> weights,
                                   std::int64_t lanes);

  /// Whether the window of a tile of one plane is small enough to be copied.
  static bool fits_in_lanes(const ConvShape& shape, std::int64_t lanes);
  static bool fits_in_planes(const ConvShape& shape, std::int64_t lanes);

  SparseTiles view() const {
    return {tile_,        planes_.data(), std::ssize(planes_), groups(), first_run_.data(),
            runs_.data(), entries_.data()};
  }

 private:
  /// Where in a group's windows a tap of one of its planes reads.
  using Offset = std::int64_t (*)(const ConvShape&, const SparseTile&, std::int64_t plane,
                                  std::int64_t ky, std::int64_t kx);
  PackedConvTiles(const ConvShape& shape, std::span<const float> weights, const SparseTile& tile,
                  std::vector<std::uint32_t> planes, Offset offset);
  std::int64_t groups() const;
  /// What channel oc reads of a group of planes.
  void add_run(const ConvShape& shape, std::span<const float> weights, Offset offset,
               std::span<const std::uint32_t> planes, std::int64_t oc);
  void mark_ends(std::int64_t oc);

  SparseTile tile_;
  std::vector<std::uint32_t> planes_, first_run_;
  std::vector<SparseRun> runs_;
  AlignedVector<SparseEntry> entries_;
};

}  // namespace karnin::kernels
