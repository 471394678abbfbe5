// Convolution as its definition says: the oracle of every implementation. All plain NCHW and OIHW.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/graph/ops/conv2d.h"

namespace karnin::test {

struct ConvCase {
  std::int64_t images;
  Extent src;
  Conv2d spec;

  Extent dst() const { return spec.dst({&src, 1}); }
  std::int64_t src_size() const { return images * src.size(); }
  std::int64_t dst_size() const { return images * dst().size(); }
  std::int64_t group_ic() const { return src.c / spec.groups; }
  std::int64_t weights_size() const { return spec.oc * group_ic() * spec.kh * spec.kw; }
};

/// visit(src index, weight index, dst index) for every product there is; padding makes none.
template <typename Visit>
void for_each_product(const ConvCase& c, const Visit& visit) {
  const Extent dst = c.dst();
  const Conv2d& s = c.spec;
  for (std::int64_t n = 0; n < c.images; ++n)
    for (std::int64_t oc = 0; oc < dst.c; ++oc)
      for (std::int64_t oy = 0; oy < dst.h; ++oy)
        for (std::int64_t ox = 0; ox < dst.w; ++ox)
          for (std::int64_t i = 0; i < c.group_ic(); ++i)
            for (std::int64_t ky = 0; ky < s.kh; ++ky)
              for (std::int64_t kx = 0; kx < s.kw; ++kx) {
                const std::int64_t y = oy * s.sh - s.ph.l + ky * s.dh;
                const std::int64_t x = ox * s.sw - s.pw.l + kx * s.dw;
                const std::int64_t ic = oc / (s.oc / s.groups) * c.group_ic() + i;
                if (y < 0 || y >= c.src.h || x < 0 || x >= c.src.w) continue;
                visit(((n * c.src.c + ic) * c.src.h + y) * c.src.w + x,
                      ((oc * c.group_ic() + i) * s.kh + ky) * s.kw + kx,
                      ((n * dst.c + oc) * dst.h + oy) * dst.w + ox);
              }
}

using Values = std::vector<float>;
using Sums = std::vector<double>;

inline Values to_float(const Sums& sums) { return {sums.begin(), sums.end()}; }

inline Sums reference_conv(const ConvCase& c, const Values& src, const Values& weights,
                           const Values& bias) {
  Sums dst(static_cast<std::size_t>(c.dst_size()));
  const auto plane = static_cast<std::size_t>(c.dst().h * c.dst().w);
  for (std::size_t i = 0; i < dst.size(); ++i) dst[i] = bias[i / plane % bias.size()];
  for_each_product(
      c, [&](auto s, auto w, auto d) { dst[d] += static_cast<double>(src[s]) * weights[w]; });
  return dst;
}

inline Sums reference_conv_backward_data(const ConvCase& c, const Values& diff_dst,
                                         const Values& weights) {
  Sums diff_src(static_cast<std::size_t>(c.src_size()));
  for_each_product(c, [&](auto s, auto w, auto d) {
    diff_src[s] += static_cast<double>(diff_dst[d]) * weights[w];
  });
  return diff_src;
}

inline Sums reference_conv_backward_weights(const ConvCase& c, const Values& src,
                                            const Values& diff_dst) {
  Sums diff_weights(static_cast<std::size_t>(c.weights_size()));
  for_each_product(c, [&](auto s, auto w, auto d) {
    diff_weights[w] += static_cast<double>(src[s]) * diff_dst[d];
  });
  return diff_weights;
}

inline Sums reference_conv_backward_bias(const ConvCase& c, const Values& diff_dst) {
  Sums diff_bias(static_cast<std::size_t>(c.spec.oc));
  const auto plane = static_cast<std::size_t>(c.dst().h * c.dst().w);
  for (std::size_t i = 0; i < diff_dst.size(); ++i)
    diff_bias[i / plane % diff_bias.size()] += diff_dst[i];
  return diff_bias;
}

}  // namespace karnin::test
