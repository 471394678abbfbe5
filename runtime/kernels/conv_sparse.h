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

/// The same for tiles.
class PackedConvTiles {
 public:
  PackedConvTiles() = default;
  /// weights (oc, ic, kh, kw), with any stride and padding. Only for shapes that fit.
  PackedConvTiles(const ConvShape& shape, std::span<const float> weights, std::int64_t lanes);

  /// Whether the window of one output of one plane is small enough to be copied.
  static bool fits(const ConvShape& shape, std::int64_t lanes);

  SparseTiles view() const {
    return {tile_, planes_.data(), std::ssize(planes_), groups(), row_ptr_.data(), entries_.data()};
  }

 private:
  std::int64_t groups() const;
  void add_rows(const ConvShape& shape, std::span<const float> weights, std::int64_t lanes,
                std::span<const std::uint32_t> planes);

  SparseTile tile_;
  std::vector<std::uint32_t> planes_, row_ptr_;
  AlignedVector<SparseEntry> entries_;
};

}  // namespace karnin::kernels
