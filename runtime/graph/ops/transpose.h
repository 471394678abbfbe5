// Axes in another order.
#pragma once

#include <algorithm>
#include <array>

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// Axis i of dst is axis order[i] of src; 0 is C, 1 is H, 2 is W.
struct Transpose {
  std::array<int, 3> order{0, 1, 2};

  Extent dst(Extents srcs) const {
    const Extent& src = only_input(srcs);
    std::array<int, 3> sorted = order;
    std::ranges::sort(sorted);
    require_shape(sorted == std::array{0, 1, 2}, "expected each of the axes 0, 1, 2 once");
    const std::array sides{src.c, src.h, src.w};
    const auto side = [&](std::size_t i) { return sides[static_cast<std::size_t>(order[i])]; };
    return {side(0), side(1), side(2)};
  }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() { return {}; }
  bool operator==(const Transpose&) const = default;
};

}  // namespace karnin
