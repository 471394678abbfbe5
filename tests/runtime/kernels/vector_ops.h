// The operations on vectors that kernels are made of, by instruction set, each for one vector:
// those of xsimd, where the same name has other code behind it in every version, and those put in
// its place.
#pragma once

#include <cstdint>

#include "runtime/core/cpu_isa.h"

namespace karnin::test {

/// From one to three vectors to one; `sums` reads as many at `a` as there are lanes.
using VectorOp = void (*)(const float* a, const float* b, const float* c, float* dst) noexcept;

struct VectorOps {
  std::int64_t lanes;
  VectorOp copy;
  VectorOp broadcast;  ///< a[0]
  VectorOp plus, minus, times, plus_equals;
  VectorOp max;
  VectorOp select_equal, select_greater;  ///< c where a is equal to b, or greater; else a
  VectorOp exp;
  VectorOp fma;
  VectorOp positive;
  VectorOp sums;  ///< of the lanes of each
};

extern const VectorOps kScalarOps;
extern const VectorOps kAvx2Ops;
extern const VectorOps kAvx512Ops;

inline const VectorOps& vector_ops(Isa isa) {
  if (isa == Isa::avx512) return kAvx512Ops;
  return isa == Isa::avx2 ? kAvx2Ops : kScalarOps;
}

}  // namespace karnin::test
