// Pooling with images in the lanes.
#pragma once

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/lanes-inl.h"

namespace karnin::kernels {

/// The pixels [y, y_end) x [x, x_end) of a plane that output (oy, ox) is made of.
struct PoolWindow {
  std::int64_t y, y_end, x, x_end;
};

[[gnu::always_inline]] inline PoolWindow pool_window(const PoolShape& s, std::int64_t oy,
                                                     std::int64_t ox) noexcept {
  const std::int64_t y = oy * s.sh - s.ph, x = ox * s.sw - s.pw;
  return {y < 0 ? 0 : y, y + s.kh < s.ih ? y + s.kh : s.ih, x < 0 ? 0 : x,
          x + s.kw < s.iw ? x + s.kw : s.iw};
}

/// body(plane, at, window) for every output, `at` being its place in dst.
template <typename Arch, typename Body>
[[gnu::always_inline]] inline void for_each_output(const PoolShape& s, const Body& body) noexcept {
  std::int64_t at = 0;
  for (std::int64_t c = 0; c < s.c; ++c)
    for (std::int64_t oy = 0; oy < s.oh; ++oy)
      for (std::int64_t ox = 0; ox < s.ow; ++ox, at += kWidth<Arch>)
        body(c * s.ih * s.iw * kWidth<Arch>, at, pool_window(s, oy, ox));
}

/// body(offset) for every pixel of a window, in h, w order, within its plane.
template <typename Arch, typename Body>
[[gnu::always_inline]] inline void for_each_pixel(const PoolShape& s, const PoolWindow& window,
                                                  const Body& body) noexcept {
  for (std::int64_t y = window.y; y < window.y_end; ++y)
    for (std::int64_t x = window.x; x < window.x_end; ++x) body((y * s.iw + x) * kWidth<Arch>);
}

template <typename Arch>
[[gnu::always_inline]] inline Vec<Arch> inverse_area(const PoolShape& s,
                                                     const PoolWindow& window) noexcept {
  const std::int64_t inside = (window.y_end - window.y) * (window.x_end - window.x);
  const std::int64_t pixels = s.count_padding ? s.kh * s.kw : inside;
  return Vec<Arch>(1.0F / static_cast<float>(pixels));
}

template <typename Arch>
void clear(std::int64_t vectors, float* dst) noexcept {
  for (std::int64_t i = 0; i < vectors; ++i)
    Vec<Arch>(0.0F).store_unaligned(dst + i * kWidth<Arch>);
}

/// Windows 2x2 that lie side by side and cover all that is read.
[[gnu::always_inline]] inline bool is_tiled_by_squares(const PoolShape& s) noexcept {
  return s.kh == 2 && s.kw == 2 && s.sh == 2 && s.sw == 2 && s.ph == 0 && s.pw == 0 &&
         s.ih == 2 * s.oh && s.iw == 2 * s.ow;
}

/// body(offset of the upper left pixel, at) for every output of such windows. Planes follow each
/// other without a gap, so that the rows of all of them are one sequence.
template <typename Arch, typename Body>
[[gnu::always_inline]] inline void for_each_square(const PoolShape& s, const Body& body) noexcept {
  std::int64_t at = 0;
  for (std::int64_t row = 0; row < s.c * s.oh; ++row)
    for (std::int64_t ox = 0; ox < s.ow; ++ox, at += kWidth<Arch>)
      body(2 * (row * s.iw + ox) * kWidth<Arch>, at);
}

template <typename Arch>
void max_pool_lanes_forward(const PoolShape& s, const float* src, float* dst) noexcept {
  using V = Vec<Arch>;
  if (is_tiled_by_squares(s)) {
    const std::int64_t below = s.iw * kWidth<Arch>;
    for_each_square<Arch>(s, [&](std::int64_t from, std::int64_t at) {
      const float* x = src + from;
      const V upper = xsimd::max(V::load_unaligned(x), V::load_unaligned(x + kWidth<Arch>));
      x += below;
      const V lower = xsimd::max(V::load_unaligned(x), V::load_unaligned(x + kWidth<Arch>));
      xsimd::max(upper, lower).store_unaligned(dst + at);
    });
    return;
  }
  for_each_output<Arch>(s, [&](std::int64_t plane, std::int64_t at, const PoolWindow& window) {
    V top(-__builtin_inff());
    for_each_pixel<Arch>(s, window, [&](std::int64_t pixel) {
      top = xsimd::max(top, V::load_unaligned(src + plane + pixel));
    });
    top.store_unaligned(dst + at);
  });
}

/// `left` to the first pixel that equals the window's top, 0 to the others.
template <typename Arch>
[[gnu::always_inline]] inline Vec<Arch> take_if_top(Vec<Arch> x, Vec<Arch> top,
                                                    Vec<Arch>& left) noexcept {
  const Vec<Arch> zero(0.0F);
  const auto is_top = x == top;
  const Vec<Arch> taken = xsimd::select(is_top, left, zero);
  left = xsimd::select(is_top, zero, left);
  return taken;
}

template <typename Arch>
void max_pool_lanes_backward(const PoolShape& s, const float* src, const float* dst,
                             const float* diff_dst, float* diff_src) noexcept {
  using V = Vec<Arch>;
  constexpr std::int64_t kW = kWidth<Arch>;
  if (is_tiled_by_squares(s)) {
    const std::int64_t pixels[] = {0, kW, s.iw * kW, s.iw * kW + kW};
    for_each_square<Arch>(s, [&](std::int64_t from, std::int64_t at) {
      const V top = V::load_unaligned(dst + at);
      V left = V::load_unaligned(diff_dst + at);
#pragma GCC unroll 4
      for (const std::int64_t pixel : pixels)
        take_if_top<Arch>(V::load_unaligned(src + from + pixel), top, left)
            .store_unaligned(diff_src + from + pixel);
    });
    return;
  }
  clear<Arch>(s.c * s.ih * s.iw, diff_src);
  for_each_output<Arch>(s, [&](std::int64_t plane, std::int64_t at, const PoolWindow& window) {
    const V top = V::load_unaligned(dst + at);
    V left = V::load_unaligned(diff_dst + at);
    for_each_pixel<Arch>(s, window, [&](std::int64_t pixel) {
      float* diff = diff_src + plane + pixel;
      const V taken = take_if_top<Arch>(V::load_unaligned(src + plane + pixel), top, left);
      (V::load_unaligned(diff) + taken).store_unaligned(diff);
    });
  });
}

template <typename Arch>
void average_pool_lanes_forward(const PoolShape& s, const float* src, float* dst) noexcept {
  using V = Vec<Arch>;
  for_each_output<Arch>(s, [&](std::int64_t plane, std::int64_t at, const PoolWindow& window) {
    V sum(0.0F);
    for_each_pixel<Arch>(
        s, window, [&](std::int64_t pixel) { sum += V::load_unaligned(src + plane + pixel); });
    (sum * inverse_area<Arch>(s, window)).store_unaligned(dst + at);
  });
}

template <typename Arch>
void average_pool_lanes_backward(const PoolShape& s, const float* diff_dst,
                                 float* diff_src) noexcept {
  using V = Vec<Arch>;
  clear<Arch>(s.c * s.ih * s.iw, diff_src);
  for_each_output<Arch>(s, [&](std::int64_t plane, std::int64_t at, const PoolWindow& window) {
    const V part = V::load_unaligned(diff_dst + at) * inverse_area<Arch>(s, window);
    for_each_pixel<Arch>(s, window, [&](std::int64_t pixel) {
      float* diff = diff_src + plane + pixel;
      (V::load_unaligned(diff) + part).store_unaligned(diff);
    });
  });
}

}  // namespace karnin::kernels
