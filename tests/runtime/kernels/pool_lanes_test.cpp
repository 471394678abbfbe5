#include <gtest/gtest.h>

#include <vector>

#include "tests/support/bounded_conv.h"
#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"
#include "tests/support/lane_blocks.h"

namespace karnin::test {
namespace {

using kernels::PoolShape;

using PoolLanesTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, PoolLanesTest, testing::ValuesIn(isas_under_test()), isa_name);

std::int64_t positions(std::int64_t src, std::int64_t kernel, std::int64_t stride,
                       std::int64_t pad) {
  return (src + 2 * pad - kernel) / stride + 1;
}

std::vector<PoolShape> pools() {
  std::vector<PoolShape> result;
  for (const std::int64_t kernel : {1, 2, 3})
    for (const std::int64_t stride : {1, 2, 3})
      for (const std::int64_t pad : {0, 1})
        for (const std::int64_t edge : {4, 5, 10}) {
          if (pad >= kernel) continue;
          const std::int64_t h = positions(edge, kernel, stride, pad);
          const std::int64_t w = positions(edge + 2, kernel, stride, pad);
          const bool count_padding = (kernel + edge) % 2 == 0;
          result.push_back(
              {3, edge, edge + 2, h, w, kernel, kernel, stride, stride, pad, pad, count_padding});
        }
  return result;
}

/// visit(output, pixels of its window) of one image, by index in plain order.
template <typename Visit>
void for_each_window(const PoolShape& s, const Visit& visit) {
  std::size_t output = 0;
  for (std::int64_t c = 0; c < s.c; ++c)
    for (std::int64_t oy = 0; oy < s.oh; ++oy)
      for (std::int64_t ox = 0; ox < s.ow; ++ox) {
        std::vector<std::size_t> pixels;
        for (std::int64_t y = oy * s.sh - s.ph; y < oy * s.sh - s.ph + s.kh; ++y)
          for (std::int64_t x = ox * s.sw - s.pw; x < ox * s.sw - s.pw + s.kw; ++x)
            if (y >= 0 && y < s.ih && x >= 0 && x < s.iw)
              pixels.push_back(static_cast<std::size_t>((c * s.ih + y) * s.iw + x));
        visit(output++, pixels);
      }
}

/// One block with few different values, so that windows often have several maxima.
struct PoolOperands {
  PoolOperands(const kernels::Table& table, const PoolShape& s)
      : lanes(table.lanes),
        src_floats(s.c * s.ih * s.iw),
        dst_floats(s.c * s.oh * s.ow),
        src(integers(lanes * src_floats, 1)),
        diff_dst(integers(lanes * dst_floats, 2)),
        src_lanes(to_blocks(src, src_floats, lanes)),
        diff_dst_lanes(to_blocks(diff_dst, dst_floats, lanes)) {}

  std::int64_t lanes, src_floats, dst_floats;
  std::vector<float> src, diff_dst, src_lanes, diff_dst_lanes;
};

TEST_P(PoolLanesTest, Max) {
  for (const PoolShape& s : pools()) {
    const PoolOperands o(table_, s);
    std::vector<float> dst(o.diff_dst.size()), diff_src(o.src.size(), 0.0F);
    for (std::int64_t n = 0; n < o.lanes; ++n) {
      const auto from = static_cast<std::size_t>(n * o.src_floats);
      const auto to = static_cast<std::size_t>(n * o.dst_floats);
      for_each_window(s, [&](std::size_t output, const std::vector<std::size_t>& pixels) {
        std::size_t top = pixels[0];
        for (const std::size_t pixel : pixels)
          if (o.src[from + pixel] > o.src[from + top]) top = pixel;
        dst[to + output] = o.src[from + top];
        diff_src[from + top] += o.diff_dst[to + output];
      });
    }
    Guarded forward(o.lanes * o.dst_floats), backward(o.lanes * o.src_floats);
    table_.max_pool_lanes_forward(s, o.src_lanes.data(), forward.data());
    table_.max_pool_lanes_backward(s, o.src_lanes.data(), forward.data(), o.diff_dst_lanes.data(),
                                   backward.data());
    EXPECT_EQ(from_blocks(forward.span(), o.dst_floats, o.lanes, o.lanes), dst);
    EXPECT_EQ(from_blocks(backward.span(), o.src_floats, o.lanes, o.lanes), diff_src);
    EXPECT_TRUE(forward.intact() && backward.intact());
  }
}

TEST_P(PoolLanesTest, Average) {
  for (const PoolShape& s : pools()) {
    const PoolOperands o(table_, s);
    BoundedSums dst(o.lanes * o.dst_floats), diff_src(o.lanes * o.src_floats);
    for (std::int64_t n = 0; n < o.lanes; ++n) {
      const auto from = static_cast<std::size_t>(n * o.src_floats);
      const auto to = static_cast<std::size_t>(n * o.dst_floats);
      for_each_window(s, [&](std::size_t output, const std::vector<std::size_t>& pixels) {
        const double inside = static_cast<double>(pixels.size());
        const double share = 1.0 / (s.count_padding ? static_cast<double>(s.kh * s.kw) : inside);
        for (const std::size_t pixel : pixels) {
          dst.add(static_cast<std::int64_t>(to + output), o.src[from + pixel], share);
          diff_src.add(static_cast<std::int64_t>(from + pixel), o.diff_dst[to + output], share);
        }
      });
    }
    Guarded forward(o.lanes * o.dst_floats), backward(o.lanes * o.src_floats);
    table_.average_pool_lanes_forward(s, o.src_lanes.data(), forward.data());
    table_.average_pool_lanes_backward(s, o.diff_dst_lanes.data(), backward.data());
    expect_near(from_blocks(forward.span(), o.dst_floats, o.lanes, o.lanes), dst.reference());
    expect_near(from_blocks(backward.span(), o.src_floats, o.lanes, o.lanes), diff_src.reference());
    EXPECT_TRUE(forward.intact() && backward.intact());
  }
}

}  // namespace
}  // namespace karnin::test
