#include "runtime/graph/ops/conv2d.h"

namespace karnin {

Extent Conv2d::dst(Extents srcs) const {
  const Extent& src = only_input(srcs);
  require_shape(groups >= 1 && src.c % groups == 0 && oc % groups == 0,
                "groups must divide " + std::to_string(src.c) + " input and " + std::to_string(oc) +
                    " output channels, got " + std::to_string(groups));
  return {oc, window_count(src.h, along_h()), window_count(src.w, along_w())};
}

std::vector<ParameterShape> Conv2d::parameters(Extents srcs) const {
  return weight_and_bias({oc, only_input(srcs).c / groups, kh, kw});
}

}  // namespace karnin
