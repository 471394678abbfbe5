// Pooling as its definition says: the oracle of every implementation. All plain NCHW.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/graph/ops/pool2d.h"

namespace karnin::test {

struct PoolCase {
  std::int64_t images;
  Extent src;
  Pool2d spec;

  Extent dst() const { return spec.dst({&src, 1}); }
  std::int64_t src_size() const { return images * src.size(); }
  std::int64_t dst_size() const { return images * dst().size(); }
};

/// visit(dst index, src indices of its window row by row, without padding).
template <typename Visit>
void for_each_window(const PoolCase& c, const Visit& visit) {
  const Extent dst = c.dst();
  const Pool2d& s = c.spec;
  std::size_t index = 0;
  for (std::int64_t plane = 0; plane < c.images * dst.c; ++plane)
    for (std::int64_t oy = 0; oy < dst.h; ++oy)
      for (std::int64_t ox = 0; ox < dst.w; ++ox, ++index) {
        std::vector<std::size_t> window;
        for (std::int64_t ky = 0; ky < s.kh; ++ky)
          for (std::int64_t kx = 0; kx < s.kw; ++kx) {
            const std::int64_t y = oy * s.sh - s.ph.l + ky, x = ox * s.sw - s.pw.l + kx;
            if (y < 0 || y >= c.src.h || x < 0 || x >= c.src.w) continue;
            window.push_back(static_cast<std::size_t>((plane * c.src.h + y) * c.src.w + x));
          }
        visit(index, window);
      }
}

/// The first of equals, as in PyTorch.
inline std::size_t first_maximum(const std::vector<float>& src,
                                 const std::vector<std::size_t>& window) {
  std::size_t best = window.front();
  for (const std::size_t i : window)
    if (src[i] > src[best]) best = i;
  return best;
}

inline double divisor(const Pool2d& spec, const std::vector<std::size_t>& window) {
  return spec.count_padding ? static_cast<double>(spec.kh * spec.kw)
                            : static_cast<double>(window.size());
}

inline std::vector<double> reference_pool(const PoolCase& c, const std::vector<float>& src) {
  std::vector<double> dst(static_cast<std::size_t>(c.dst_size()));
  for_each_window(c, [&](std::size_t d, const std::vector<std::size_t>& window) {
    if (c.spec.kind == PoolKind::max) {
      dst[d] = src[first_maximum(src, window)];
      return;
    }
    for (const std::size_t i : window) dst[d] += src[i];
    dst[d] /= divisor(c.spec, window);
  });
  return dst;
}

inline std::vector<double> reference_pool_backward(const PoolCase& c, const std::vector<float>& src,
                                                   const std::vector<float>& diff_dst) {
  std::vector<double> diff_src(src.size());
  for_each_window(c, [&](std::size_t d, const std::vector<std::size_t>& window) {
    if (c.spec.kind == PoolKind::max) {
      diff_src[first_maximum(src, window)] += diff_dst[d];
      return;
    }
    for (const std::size_t i : window)
      diff_src[i] += static_cast<double>(diff_dst[d]) / divisor(c.spec, window);
  });
  return diff_src;
}

}  // namespace karnin::test
