// A convolution cut into rows: in nhwc those of an image lie together, and a part of them is a
// smaller image.
#pragma once

#include <vector>

#include "runtime/core/layout.h"
#include "runtime/graph/ops/conv2d.h"

namespace karnin::onednn {

struct RowPart {
  Conv2d spec;  ///< with the padding that is left above and below
  Blob src, dst;
  std::int64_t src_offset = 0, dst_offset = 0;  ///< in floats
};

/// For so many threads: parts that cover dst, each some rows of one image, all of about the same
/// size. One, the whole, where the work isn't worth another thread's while. Both blobs in nhwc.
std::vector<RowPart> row_parts(const Conv2d& spec, const Blob& src, const Blob& dst,
                               std::int64_t threads);

}  // namespace karnin::onednn
