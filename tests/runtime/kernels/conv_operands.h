// Convolutions with images in the lanes, and what they work on.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runtime/kernels/kernels.h"
#include "tests/support/lane_blocks.h"
#include "tests/support/reference_conv.h"

namespace karnin::test {

using kernels::ConvShape;

struct Plane {
  std::int64_t h, w;
};

inline ConvShape shape(std::int64_t ic, Plane image, std::int64_t oc, Plane kernel, Plane stride,
                       Plane pad) {
  const Conv2d spec{oc, kernel.h, kernel.w, stride.h, stride.w, pad.h, pad.w};
  const Extent dst = ConvCase{1, {ic, image.h, image.w}, spec}.dst();
  return {ic,       image.h,  image.w,  oc,       dst.h, dst.w,
          kernel.h, kernel.w, stride.h, stride.w, pad.h, pad.w};
}

inline std::string name(const ConvShape& s) {
  return testing::PrintToString(std::vector<std::int64_t>{s.ic, s.ih, s.iw, s.oc, s.oh, s.ow, s.kh,
                                                          s.kw, s.sh, s.sw, s.ph, s.pw});
}

/// Operands of one block, plain and in lanes.
template <typename Fill>
struct Operands {
  Operands(const kernels::Table& table, const ConvShape& shape_of, const Fill& fill)
      : s(shape_of),
        lanes(table.lanes),
        src_floats(s.ic * s.ih * s.iw),
        dst_floats(s.oc * s.oh * s.ow),
        src(fill(lanes * src_floats, 1)),
        weights(fill(s.oc * s.ic * s.kh * s.kw, 2)),
        bias(fill(s.oc, 3)),
        diff_dst(fill(lanes * dst_floats, 4)),
        src_lanes(to_blocks(src, src_floats, lanes)),
        diff_dst_lanes(to_blocks(diff_dst, dst_floats, lanes)) {}

  ConvShape s;
  std::int64_t lanes, src_floats, dst_floats;
  std::vector<float> src, weights, bias, diff_dst, src_lanes, diff_dst_lanes;
};

}  // namespace karnin::test
