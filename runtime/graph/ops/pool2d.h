// Maximum or average of a window of each channel.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

enum class PoolKind { max, average };

/// Padding is left out: average pooling divides by the part of the window inside the image.
struct Pool2d {
  PoolKind kind = PoolKind::max;
  std::int64_t kh = 2, kw = 2;
  std::int64_t sh = 2, sw = 2;
  std::int64_t ph = 0, pw = 0;

  Extent dst(Extents srcs) const {
    const Extent& src = only_input(srcs);
    return {src.c, window_count(src.h, kh, sh, ph), window_count(src.w, kw, sw, pw)};
  }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  static constexpr Traits traits() { return {.monotone = true, .keeps_units = true}; }
  bool operator==(const Pool2d&) const = default;
};

}  // namespace karnin
