// A factor and a summand for each channel.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

/// scale[c] x + shift[c].
struct ChannelAffine {
  static Extent dst(Extents srcs) { return only_input(srcs); }
  static std::vector<ParameterShape> parameters(Extents srcs) {
    const std::int64_t c = only_input(srcs).c;
    return {{Role::scale, {c}}, {Role::shift, {c}}};
  }
  static constexpr Traits traits() { return {.elementwise = true}; }
  bool operator==(const ChannelAffine&) const = default;
};

}  // namespace karnin
