// Included only by the translation units compiled for an instruction set, under the rules of
// runtime/kernels/table-inl.h.
#pragma once

#include "runtime/kernels/lane_sums-inl.h"
#include "tests/runtime/kernels/vector_ops.h"

namespace karnin::test {

template <typename Arch, typename Body>
void apply(const float* a, const float* b, const float* c, float* dst) noexcept {
  using V = kernels::Vec<Arch>;
  Body()(V::load_unaligned(a), V::load_unaligned(b), V::load_unaligned(c)).store_unaligned(dst);
}

/// A lambda without captures as a VectorOp.
template <typename Arch, typename Body>
constexpr VectorOp op(Body /*body*/) noexcept {
  return &apply<Arch, Body>;
}

template <typename Arch>
void lane_sums(const float* a, const float* /*b*/, const float* /*c*/, float* dst) noexcept {
  using V = kernels::Vec<Arch>;
  V rows[kernels::kWidth<Arch>];
  for (std::int64_t i = 0; i < kernels::kWidth<Arch>; ++i)
    rows[i] = V::load_unaligned(a + i * kernels::kWidth<Arch>);
  kernels::lane_sums<Arch>(rows).store_unaligned(dst);
}

template <typename Arch>
constexpr VectorOps make_vector_ops() noexcept {
  using V = kernels::Vec<Arch>;
  return {
      .lanes = kernels::kWidth<Arch>,
      .copy = op<Arch>([](V a, V, V) { return a; }),
      .broadcast = op<Arch>([](V a, V, V) { return V(a.get(0)); }),
      .plus = op<Arch>([](V a, V b, V) { return a + b; }),
      .minus = op<Arch>([](V a, V b, V) { return a - b; }),
      .times = op<Arch>([](V a, V b, V) { return a * b; }),
      .plus_equals = op<Arch>([](V a, V b, V) { return a += b; }),
      .max = op<Arch>([](V a, V b, V) { return xsimd::max(a, b); }),
      .select_equal = op<Arch>([](V a, V b, V c) { return xsimd::select(a == b, c, a); }),
      .select_greater = op<Arch>([](V a, V b, V c) { return xsimd::select(a > b, c, a); }),
      .exp = op<Arch>([](V a, V, V) { return xsimd::exp(a); }),
      .fma = op<Arch>([](V a, V b, V c) { return kernels::fma<Arch>(a, b, c); }),
      .positive = op<Arch>([](V a, V, V) { return kernels::positive<Arch>(a); }),
      .sums = &lane_sums<Arch>,
  };
}

}  // namespace karnin::test
