// A convolution cut into smaller ones that threads can run side by side.
#pragma once

#include <vector>

#include "runtime/core/layout.h"
#include "runtime/graph/ops/conv2d.h"

namespace karnin::onednn {

struct ConvolutionPart {
  Conv2d spec;  ///< with the padding that is left above and below, or fewer output channels
  Blob src, dst;
  std::int64_t src_offset = 0, dst_offset = 0;  ///< in floats
  std::int64_t first_oc = 0;
};

/// For so many threads: parts that cover dst, all of about the same size. In nhwc each is some rows
/// of one image, which lie together there; in oneDNN's blocks, where the channels of one image do,
/// some blocks of output channels. One part, the whole, where there is no such cut or the work
/// isn't worth another thread's while.
std::vector<ConvolutionPart> convolution_parts(const Conv2d& spec, const Blob& src, const Blob& dst,
                                               std::int64_t threads);

}  // namespace karnin::onednn
