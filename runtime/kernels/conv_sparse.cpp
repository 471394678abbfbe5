#include "runtime/kernels/conv_sparse.h"

#include <cassert>

namespace karnin::kernels {

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

}  // namespace karnin::kernels
