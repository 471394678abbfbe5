#include "runtime/graph/ops/conv2d.h"

namespace karnin {

Extent Conv2d::dst(Extents srcs) const {
  const Extent& src = only_input(srcs);
  return {oc, window_count(src.h, kh, sh, ph), window_count(src.w, kw, sw, pw)};
}

std::vector<ParameterShape> Conv2d::parameters(Extents srcs) const {
  return weight_and_bias({oc, only_input(srcs).c, kh, kw});
}

}  // namespace karnin
