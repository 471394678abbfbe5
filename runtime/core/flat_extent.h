// Images and vectors of the same values.
#pragma once

#include "runtime/core/extent.h"

namespace karnin {

inline bool is_vector(const Extent& extent) { return extent.h == 1 && extent.w == 1; }

/// Whether the two are alike, or one is a vector of all that is in the other.
inline bool is_flat_form(const Extent& a, const Extent& b) {
  return a == b || (a.size() == b.size() && (is_vector(a) || is_vector(b)));
}

}  // namespace karnin
