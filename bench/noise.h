// Operands for benchmarks: numbers in [-1, 1), none of them denormal or special.
#pragma once

#include <cstdint>

#include "runtime/core/aligned.h"
#include "runtime/core/counter_rng.h"

namespace karnin {

inline AlignedVector<float> noise(std::int64_t count, std::uint64_t seed) {
  CounterRng rng(seed);
  AlignedVector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(2 * rng.uniform() - 1);
  return values;
}

}  // namespace karnin
