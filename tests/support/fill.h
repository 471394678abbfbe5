// Operands for kernels under test. Vectors are exactly as long as asked for, so that a sanitizer
// sees a read beyond them.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/core/counter_rng.h"

namespace karnin::test {

/// Integers in [-4, 4]: sums of up to 2^20 of their products are exact in float, in any order.
inline std::vector<float> integers(std::int64_t count, std::uint64_t seed) {
  CounterRng rng(seed);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(rng.below(9)) - 4.0F;
  return values;
}

/// Uniform in [-1, 1).
inline std::vector<float> uniforms(std::int64_t count, std::uint64_t seed) {
  CounterRng rng(seed);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(2.0 * rng.uniform() - 1.0);
  return values;
}

}  // namespace karnin::test
