// Max pooling where channels, or nothing, lie side by side. Compiled for the baseline alone: with
// four lanes it is a matter of a microsecond an image.
#pragma once

#include "runtime/core/layout.h"

namespace karnin::kernels {

/// Activations before and after a max pool. As many images in both, none of them in the lanes; the
/// layouts may differ.
struct MaxPoolShape {
  std::int64_t kh = 0, kw = 0, sh = 1, sw = 1, ph = 0, pw = 0;
  Blob src, dst;
};

/// Rows of dst, counted within an image.
struct PooledRows {
  std::int64_t begin, end;
};

/// Writes these rows of all images of dst, channels that it is padded with included.
void max_pool_forward(const MaxPoolShape& shape, const PooledRows& rows, const float* src,
                      float* dst) noexcept;

/// Overwrites diff_src (as src): each gradient goes to the first maximum of its window, found again
/// in src, because dst may have been worked on in place since.
void max_pool_backward(const MaxPoolShape& shape, const float* src, const float* diff_dst,
                       float* diff_src) noexcept;

}  // namespace karnin::kernels
