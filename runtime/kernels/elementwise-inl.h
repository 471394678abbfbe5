// One number in, one number out.
#pragma once

#include "runtime/kernels/lanes-inl.h"

namespace karnin::kernels {

template <typename Arch>
void relu(std::int64_t count, float* x) noexcept {
  for_each_vector<Arch>(count, [&](std::int64_t i, auto lanes) {
    lanes.store(x + i, positive<Arch>(lanes.load(x + i)));
  });
}

template <typename Arch>
void relu_backward(std::int64_t count, const float* dst, float* diff) noexcept {
  const Vec<Arch> zero(0.0F);
  for_each_vector<Arch>(count, [&](std::int64_t i, auto lanes) {
    lanes.store(diff + i, xsimd::select(lanes.load(dst + i) > zero, lanes.load(diff + i), zero));
  });
}

/// Left to the compiler, which widens bytes better than xsimd 8 does.
template <typename Arch>
void u8_to_f32(std::int64_t count, const std::uint8_t* src, float scale, float shift,
               float* dst) noexcept {
  for (std::int64_t i = 0; i < count; ++i) dst[i] = static_cast<float>(src[i]) * scale + shift;
}

}  // namespace karnin::kernels
