// Whether a row of weights is small integers times one scale, and which: exact, or not at all.
#pragma once

#include <optional>
#include <span>

namespace karnin {

inline constexpr int kMaxRowInteger = 127;

/// The largest float of which all of `row` are multiples by -127 to 127; 0 for a row of zeros.
/// Empty if there is none, or where a zero has a sign. All values are finite.
std::optional<float> row_scale(std::span<const float> row);

}  // namespace karnin
