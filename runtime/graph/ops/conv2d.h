// Convolution over an image.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// Weights (oc, ic, kh, kw), biases (oc).
struct Conv2d {
  std::int64_t oc = 0;
  std::int64_t kh = 0, kw = 0;
  std::int64_t sh = 1, sw = 1;
  std::int64_t ph = 0, pw = 0;

  Extent dst(Extents srcs) const;
  std::vector<ParameterShape> parameters(Extents srcs) const;
  static constexpr Traits traits() { return {.trainable = true}; }
  bool operator==(const Conv2d&) const = default;
};

}  // namespace karnin
