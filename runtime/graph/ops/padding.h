// What surrounds an image along one axis.
#pragma once

#include <cstdint>

namespace karnin {

/// So many positions in front of the first one and behind the last. Often they are as many.
struct Padding {
  constexpr Padding(std::int64_t both = 0) : l(both), r(both) {}  // NOLINT(*-explicit-*): a number
  constexpr Padding(std::int64_t left, std::int64_t right) : l(left), r(right) {}

  std::int64_t l, r;

  constexpr bool is_none() const { return l == 0 && r == 0; }
  bool operator==(const Padding&) const = default;
};

}  // namespace karnin
