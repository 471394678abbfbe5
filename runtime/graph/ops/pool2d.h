// Maximum or average of a window of each channel.
#pragma once

#include "runtime/graph/ops/rules.h"
#include "runtime/graph/ops/traits.h"

namespace karnin {

enum class PoolKind { max, average };

/// Padding is never the maximum. Average pooling divides by the part of the window inside the
/// image, unless the padding counts: then by all of it.
struct Pool2d {
  PoolKind kind = PoolKind::max;
  std::int64_t kh = 2, kw = 2;
  std::int64_t sh = 2, sw = 2;
  Padding ph = 0, pw = 0;
  bool count_padding = false;

  Window along_h() const { return {kh, sh, ph}; }
  Window along_w() const { return {kw, sw, pw}; }

  Extent dst(Extents srcs) const {
    const Extent& src = only_input(srcs);
    return {src.c, window_count(src.h, along_h()), window_count(src.w, along_w())};
  }
  static std::vector<ParameterShape> parameters(Extents /*srcs*/) { return {}; }
  /// Averages that count the padding make a constant channel less so at the border.
  constexpr Traits traits() const {
    return {.monotone = true, .keeps_units = !count_padding || (ph.is_none() && pw.is_none())};
  }
  bool operator==(const Pool2d&) const = default;
};

}  // namespace karnin
