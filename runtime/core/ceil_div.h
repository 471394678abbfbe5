// Division that counts a part for a whole.
#pragma once

#include <cstdint>

namespace karnin {

/// The least number of groups of `b` that hold `a` things; a >= 0, b > 0.
constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) noexcept { return (a + b - 1) / b; }

}  // namespace karnin
