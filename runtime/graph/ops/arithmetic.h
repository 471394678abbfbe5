// Products, differences and quotients of two values.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

enum class ArithmeticKind { multiply, subtract, divide };

/// Of two inputs, in their order. The second one is of the same size, or has one number for each
/// channel of the first.
struct Arithmetic {
  ArithmeticKind kind = ArithmeticKind::multiply;

  static Extent dst(Extents srcs) {
    require_shape(srcs.size() == 2, "expected two inputs, got " + std::to_string(srcs.size()));
    require_shape(srcs[1] == srcs[0] || srcs[1] == Extent{srcs[0].c, 1, 1},
                  "expected a second input of " + to_string(srcs[0]) +
                      " or one number a channel, got " + to_string(srcs[1]));
    return srcs[0];
  }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() { return {.elementwise = true}; }
  bool operator==(const Arithmetic&) const = default;
};

}  // namespace karnin
