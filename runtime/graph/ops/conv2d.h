// Convolution over an image.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// Weights (oc, ic / groups, kh, kw), biases (oc). Output channels in order belong to groups that
/// see as many of the input channels each: one group sees all, as many as there are channels make
/// the convolution depthwise.
struct Conv2d {
  std::int64_t oc = 0;
  std::int64_t kh = 0, kw = 0;
  std::int64_t sh = 1, sw = 1;
  Padding ph = 0, pw = 0;       ///< of zeros
  std::int64_t dh = 1, dw = 1;  ///< dilation: 1 leaves no pixel out
  std::int64_t groups = 1;

  Window along_h() const { return {kh, sh, ph, dh}; }
  Window along_w() const { return {kw, sw, pw, dw}; }

  Extent dst(Extents srcs) const;
  std::vector<ParameterShape> parameters(Extents srcs) const;
  static constexpr Traits traits() { return {.trainable = true}; }
  bool operator==(const Conv2d&) const = default;
};

}  // namespace karnin
