// Size arithmetic on numbers that came from outside: an overflow is an error, never a wrap.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "runtime/core/error.h"

namespace karnin {

/// a * b for sizes >= 0; throws ArgumentError when the product does not fit.
inline std::int64_t checked_mul(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, &product))
    throw ArgumentError("size out of range: " + std::to_string(a) + " x " + std::to_string(b));
  return product;
}

/// a + b for sizes >= 0; throws ArgumentError when the sum does not fit.
inline std::int64_t checked_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (a < 0 || b < 0 || __builtin_add_overflow(a, b, &sum))
    throw ArgumentError("size out of range: " + std::to_string(a) + " + " + std::to_string(b));
  return sum;
}

/// Number of elements of a tensor with these dimensions (1 for none).
inline std::int64_t element_count(std::span<const std::int64_t> dims) {
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) count = checked_mul(count, dim);
  return count;
}

}  // namespace karnin
