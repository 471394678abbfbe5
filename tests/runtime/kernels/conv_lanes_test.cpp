#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/runtime/kernels/conv_operands.h"
#include "tests/support/bounded_conv.h"
#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"
#include "tests/support/lane_blocks.h"

namespace karnin::test {
namespace {

using ConvLanesTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, ConvLanesTest, testing::ValuesIn(isas_under_test()), isa_name);

/// One block of images.
ConvCase case_of(const ConvShape& s, std::int64_t lanes) {
  // As much padding behind as the outputs need.
  const auto padding = [](std::int64_t src, std::int64_t dst, std::int64_t kernel,
                          std::int64_t stride, std::int64_t pad) {
    return Padding{pad, std::max<std::int64_t>((dst - 1) * stride + kernel - src - pad, 0)};
  };
  return {lanes,
          {s.ic, s.ih, s.iw},
          {s.oc, s.kh, s.kw, s.sh, s.sw, padding(s.ih, s.oh, s.kh, s.sh, s.ph),
           padding(s.iw, s.ow, s.kw, s.sw, s.pw)}};
}

/// Every way to be odd: more channels or columns than a tile, one of them, kernels as wide as the
/// image, strides that skip pixels, padding as wide as it may be.
std::vector<ConvShape> convs() {
  std::vector<ConvShape> result;
  for (const std::int64_t oc : {1, 2, 3, 5, 13})
    result.push_back(shape(2, {6, 9}, oc, {3, 3}, {1, 1}, {0, 0}));
  for (const std::int64_t w : {5, 6, 7, 9, 10, 11, 15, 17, 23, 33})
    result.push_back(shape(2, {5, w}, 3, {5, 5}, {1, 1}, {0, 0}));
  for (const std::int64_t kernel : {1, 2, 3, 4, 5, 6, 7, 11})
    for (std::int64_t pad = 0; pad <= 2 && pad < kernel; ++pad)
      for (const std::int64_t stride : {1, 2, 3})
        result.push_back(shape(2, {11, 12}, 3, {kernel, kernel}, {stride, stride}, {pad, pad}));
  result.push_back(shape(3, {7, 12}, 4, {1, 5}, {2, 1}, {0, 4}));
  result.push_back(shape(1, {9, 3}, 2, {4, 3}, {1, 2}, {3, 0}));
  result.push_back(shape(2, {3, 26}, 2, {3, 3}, {1, 1}, {1, 1}));
  for (const std::int64_t w : {3, 5, 9})  // narrower than the kernel, or what tiles share is
    result.push_back(shape(1, {6, w}, 2, {5, 5}, {1, 1}, {4, 4}));
  result.push_back(shape(2, {32, 32}, 3, {3, 3}, {1, 1}, {1, 1}));  // two bands, padded
  result.push_back(shape(10, {14, 14}, 16, {5, 5}, {1, 1}, {0, 0}));
  // More padding on one side than on the other.
  result.push_back({2, 8, 10, 3, 4, 5, 3, 3, 2, 2, 0, 0});
  result.push_back({2, 6, 7, 3, 6, 7, 3, 4, 1, 1, 2, 0});
  result.push_back({1, 5, 9, 2, 5, 9, 2, 5, 1, 1, 0, 4});
  return result;
}

template <typename Fill, typename Compare>
void check_forward(const kernels::Table& table, const ConvShape& s, const Fill& fill,
                   const Compare& compare) {
  const Operands o(table, s, fill);
  for (const bool relu : {false, true}) {
    Guarded dst(o.lanes * o.dst_floats);
    table.conv_lanes_forward(s, o.src_lanes.data(), o.weights.data(), o.bias.data(), relu,
                             dst.data());
    compare(from_blocks(dst.span(), o.dst_floats, o.lanes, o.lanes),
            bounded_conv(case_of(s, o.lanes), o.src, o.weights, o.bias, relu));
    EXPECT_TRUE(dst.intact());
  }
}

template <typename Fill, typename Compare>
void check_backward(const kernels::Table& table, const ConvShape& s, const Fill& fill,
                    const Compare& compare) {
  const Operands o(table, s, fill);
  Guarded diff_src(o.lanes * o.src_floats);
  table.conv_lanes_backward_data(s, o.diff_dst_lanes.data(), o.weights.data(), diff_src.data());
  compare(from_blocks(diff_src.span(), o.src_floats, o.lanes, o.lanes),
          bounded_conv_backward_data(case_of(s, o.lanes), o.diff_dst, o.weights));
  EXPECT_TRUE(diff_src.intact());

  const auto count = static_cast<std::int64_t>(o.weights.size()) + s.oc;
  Guarded sums(count * o.lanes), gradient(count);
  std::fill_n(sums.data(), count * o.lanes, 0.0F);
  table.conv_lanes_backward_weights(s, o.src_lanes.data(), o.diff_dst_lanes.data(), sums.data());
  table.sum_lanes(count, sums.data(), gradient.data());
  compare(gradient.span(), bounded_conv_backward_weights(case_of(s, o.lanes), o.src, o.diff_dst));
  EXPECT_TRUE(sums.intact() && gradient.intact());
}

TEST_P(ConvLanesTest, Forward) {
  for (const ConvShape& s : convs()) {
    SCOPED_TRACE(name(s));
    check_forward(table_, s, integers, expect_equal);
    check_forward(table_, s, uniforms, expect_near);
    if (HasFailure()) return;
  }
}

TEST_P(ConvLanesTest, Backward) {
  for (const ConvShape& s : convs()) {
    SCOPED_TRACE(name(s));
    check_backward(table_, s, integers, expect_equal);
    check_backward(table_, s, uniforms, expect_near);
    if (HasFailure()) return;
  }
}

TEST_P(ConvLanesTest, WeightGradientsOfBlocksAddUp) {
  const ConvShape s = shape(2, {6, 7}, 3, {3, 3}, {1, 1}, {1, 1});
  const Operands o(table_, s, integers);
  const auto count = static_cast<std::int64_t>(o.weights.size()) + s.oc;
  std::vector<float> once(static_cast<std::size_t>(count * o.lanes), 0.0F), twice = once;
  const auto add_to = [&](std::vector<float>& sums) {
    table_.conv_lanes_backward_weights(s, o.src_lanes.data(), o.diff_dst_lanes.data(), sums.data());
  };
  add_to(once);
  add_to(twice);
  add_to(twice);
  for (std::size_t i = 0; i < once.size(); ++i) ASSERT_EQ(twice[i], 2 * once[i]) << i;
}

/// The largest of each 2x2 square of planes (h x w); what is left over at the edges is dropped.
std::vector<float> pooled(std::span<const float> planes, std::int64_t h, std::int64_t w) {
  std::vector<float> result;
  const auto at = [&](std::int64_t row, std::int64_t x) {
    return planes[static_cast<std::size_t>(row * w + x)];
  };
  for (std::int64_t plane = 0; plane < static_cast<std::int64_t>(planes.size()) / (h * w); ++plane)
    for (std::int64_t y = plane * h; y + 1 < plane * h + h; y += 2)
      for (std::int64_t x = 0; x + 1 < w; x += 2)
        result.push_back(
            std::max(std::max(at(y, x), at(y, x + 1)), std::max(at(y + 1, x), at(y + 1, x + 1))));
  return result;
}

/// Convolution and pool in one give the bits of the two in turn.
TEST_P(ConvLanesTest, PooledForward) {
  for (const std::int64_t w : {4, 5, 6, 8, 9, 14, 20, 32})
    for (const std::int64_t oc : {1, 2, 3, 5}) {
      const ConvShape s = shape(2, {7, w}, oc, {3, 3}, {1, 1}, {0, 0});
      SCOPED_TRACE(name(s));
      const Operands o(table_, s, uniforms);
      std::vector<float> whole(o.diff_dst.size());
      Guarded dst(o.lanes * s.oc * (s.oh / 2) * (s.ow / 2));
      for (const bool relu : {false, true}) {
        table_.conv_lanes_forward(s, o.src_lanes.data(), o.weights.data(), o.bias.data(), relu,
                                  whole.data());
        table_.conv_lanes_forward_pooled(s, o.src_lanes.data(), o.weights.data(), o.bias.data(),
                                         relu, dst.data());
        const auto plain = from_blocks(whole, o.dst_floats, o.lanes, o.lanes);
        EXPECT_EQ(from_blocks(dst.span(), s.oc * (s.oh / 2) * (s.ow / 2), o.lanes, o.lanes),
                  pooled(plain, s.oh, s.ow));
        EXPECT_TRUE(dst.intact());
      }
    }
}

}  // namespace
}  // namespace karnin::test
