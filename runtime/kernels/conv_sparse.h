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

}  // namespace karnin::kernels
