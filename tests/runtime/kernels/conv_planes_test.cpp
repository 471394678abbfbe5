#include <gtest/gtest.h>

#include <vector>

#include "tests/support/bounded_conv.h"
#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"
#include "tests/support/reference_pool.h"

namespace karnin::test {
namespace {

using kernels::ConvPoolShape;

using ConvPlanesTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, ConvPlanesTest, testing::ValuesIn(isas_under_test()), isa_name);

constexpr std::int64_t kSpare = 16;  // floats behind every input channel, not to be used

/// A convolution and the pool behind it.
struct PooledConv {
  ConvCase conv;
  PoolCase pool;

  ConvPoolShape shape() const {
    return {conv.images,  conv.src.c,
            conv.src.h,   conv.src.w,
            conv.spec.oc, pool.dst().h,
            pool.dst().w, conv.spec.kh,
            conv.spec.kw, conv.images * conv.src.h * conv.src.w + kSpare};
  }
};

PooledConv pooled(std::int64_t images, const Extent& src, const Conv2d& spec) {
  const ConvCase conv{images, src, spec};
  return {conv, {images, conv.dst(), Pool2d{}}};
}

/// Every remainder of channels, positions, kernel rows and columns and of what a pool leaves over;
/// kernels wider than a vector and as large as the image; the layers of the paper.
std::vector<PooledConv> pooled_convs() {
  std::vector<PooledConv> result;
  for (const std::int64_t oc : {1, 2, 3, 4, 5, 7, 10})
    for (const std::int64_t images : {1, 2, 3})
      result.push_back(pooled(images, {2, 6, 9}, {oc, 3, 3}));
  for (std::int64_t w = 6; w < 42; ++w)
    result.push_back(pooled(w % 3 + 1, {w % 4 + 1, 7, w}, {3, 3, 5}));
  for (const std::int64_t kh : {1, 2, 4, 5, 6, 7, 11})
    for (const std::int64_t kw : {1, 2, 4, 5, 6, 8, 9, 17})
      result.push_back(pooled(2, {3, kh + 4, kw + 5}, {2, kh, kw}));
  for (const std::int64_t ic : {4, 5, 8, 9, 16, 17, 33})
    result.push_back(pooled(2, {ic, 5, 6}, {2, 2, 3}));
  for (const std::int64_t oc : {1, 3, 40}) result.push_back(pooled(1, {1, 2, 2}, {oc, 1, 1}));
  result.push_back(pooled(2, {3, 32, 32}, {10, 5, 5}));
  result.push_back(pooled(2, {10, 14, 14}, {16, 5, 5}));
  return result;
}

std::string name_of(const PooledConv& c) {
  const ConvPoolShape s = c.shape();
  return testing::PrintToString(
      std::vector<std::int64_t>{s.images, s.ic, s.ih, s.iw, s.oc, s.oh, s.ow, s.kh, s.kw});
}

/// [images][channels] planes to [channels][images].
Values with_channels_first(const PooledConv& c, const Values& src) {
  const std::int64_t plane = c.conv.src.h * c.conv.src.w;
  Values result;
  for (std::int64_t ic = 0; ic < c.conv.src.c; ++ic) {
    for (std::int64_t image = 0; image < c.conv.images; ++image) {
      const auto from = src.begin() + (image * c.conv.src.c + ic) * plane;
      result.insert(result.end(), from, from + plane);
    }
    result.insert(result.end(), kSpare, std::numeric_limits<float>::quiet_NaN());
  }
  return result;
}

/// The forward pass, and all that the others need of it.
template <typename Fill>
struct Forward {
  Forward(const kernels::Table& kernel_table, const PooledConv& the_case, const Fill& fill,
          bool relu)
      : table(kernel_table),
        c(the_case),
        s(c.shape()),
        src(fill(c.conv.src_size(), 1)),
        weights(fill(c.conv.weights_size(), 2)),
        bias(fill(s.oc, 3)),
        planes(with_channels_first(c, src)),
        dst(c.pool.dst_size()),
        tops(c.pool.dst_size()) {
    const std::size_t floats = table.conv_planes_scratch(s);
    Guarded scratch(static_cast<std::int64_t>(floats));
    table.conv_planes_forward(s, planes.data(), weights.data(), bias.data(), relu, dst.data(),
                              tops.data(), scratch.data());
    EXPECT_TRUE(dst.intact() && tops.intact() && scratch.intact());
  }

  /// A gradient behind the pool, sent to the outputs of the convolution that `tops` names.
  Values sent(const Values& diff_dst) const {
    const Extent conv = c.conv.dst();
    const std::int64_t plane = s.oh * s.ow;
    Values diff(static_cast<std::size_t>(c.conv.dst_size()));
    for (std::size_t i = 0; i < diff_dst.size(); ++i) {
      const auto position = static_cast<std::int64_t>(tops.span()[i]);
      const std::int64_t at =
          (static_cast<std::int64_t>(i) / plane * conv.h + position / s.iw) * conv.w +
          position % s.iw;
      diff[static_cast<std::size_t>(at)] = diff_dst[i];
    }
    return diff;
  }

  const kernels::Table& table;
  const PooledConv& c;
  ConvPoolShape s;
  Values src, weights, bias, planes;
  Guarded dst, tops;
};

TEST_P(ConvPlanesTest, ForwardFindsTheFirstMaxima) {
  for (const PooledConv& c : pooled_convs())
    for (const bool relu : {false, true}) {
      SCOPED_TRACE(name_of(c));
      Forward run(table_, c, integers, relu);
      const Sums conv = reference_conv(c.conv, run.src, run.weights, run.bias);
      const Values sums(conv.begin(), conv.end());
      for_each_window(c.pool, [&](std::size_t i, const std::vector<std::size_t>& window) {
        const std::size_t top = first_maximum(sums, window);
        const float expected = relu ? std::max(sums[top], 0.0F) : sums[top];
        ASSERT_EQ(run.dst.span()[i], expected) << i;
        const auto pixel = static_cast<std::int64_t>(top) % (c.pool.src.h * c.pool.src.w);
        const std::int64_t position = pixel / c.pool.src.w * c.conv.src.w + pixel % c.pool.src.w;
        ASSERT_EQ(run.tops.span()[i], static_cast<float>(position)) << i;
      });
      if (HasFailure()) return;
    }
}

/// The largest of values that are each near theirs is near the largest.
TEST_P(ConvPlanesTest, ForwardRounds) {
  for (const PooledConv& c : pooled_convs()) {
    SCOPED_TRACE(name_of(c));
    Forward run(table_, c, uniforms, false);
    const Reference conv = bounded_conv(c.conv, run.src, run.weights, run.bias, false);
    Reference pooled{Sums(run.dst.span().size()), Sums(run.dst.span().size()), conv.terms};
    for_each_window(c.pool, [&](std::size_t i, const std::vector<std::size_t>& window) {
      pooled.value[i] = conv.value[window[0]];
      for (const std::size_t j : window) {
        pooled.value[i] = std::max(pooled.value[i], conv.value[j]);
        pooled.magnitude[i] = std::max(pooled.magnitude[i], conv.magnitude[j]);
      }
    });
    expect_near(run.dst.span(), pooled);
    if (HasFailure()) return;
  }
}

template <typename Fill, typename Compare>
void check_backward(const kernels::Table& table, const PooledConv& c, const Fill& fill,
                    const Compare& compare) {
  Forward run(table, c, fill, false);
  const ConvPoolShape& s = run.s;
  Values diff_dst = fill(c.pool.dst_size(), 4);
  for (std::size_t i = 0; i < diff_dst.size(); i += 3) diff_dst[i] = 0.0F;
  const Values diff_conv = run.sent(diff_dst);

  std::vector<std::uint32_t> row_ptr(static_cast<std::size_t>(s.oc * s.images + 1));
  std::vector<kernels::TopGradient> entries(diff_dst.size() + 1);
  table.conv_planes_collect(s, run.tops.data(), diff_dst.data(), row_ptr.data(), entries.data());
  EXPECT_EQ(row_ptr.back(),
            diff_dst.size() - static_cast<std::size_t>(std::ranges::count(diff_dst, 0.0F)));
  const kernels::TopGradients gradients{row_ptr.data(), entries.data()};

  const std::int64_t count = c.conv.weights_size();
  Guarded diff_weights(count), diff_bias(s.oc);
  table.conv_planes_backward_weights(s, run.planes.data(), diff_dst.data(), gradients,
                                     diff_weights.data(), diff_bias.data());
  Values both(diff_weights.span().begin(), diff_weights.span().end());
  both.insert(both.end(), diff_bias.span().begin(), diff_bias.span().end());
  compare(both, bounded_conv_backward_weights(c.conv, run.src, diff_conv));
  EXPECT_TRUE(diff_weights.intact() && diff_bias.intact());

  const std::int64_t taps = s.kh * s.kw;
  const std::int64_t block = (s.ic + table.lanes - 1) / table.lanes * table.lanes * taps;
  Values blocked(static_cast<std::size_t>(s.oc * block));
  for (std::int64_t oc = 0; oc < s.oc; ++oc)
    table.rows_to_blocks(s.ic, taps, run.weights.data() + oc * s.ic * taps,
                         blocked.data() + oc * block);
  Guarded pixels(s.images * s.ih * s.iw * table.lanes), diff_src(c.conv.src_size());
  table.conv_planes_backward_data(s, gradients, blocked.data(), pixels.data(), diff_src.data());
  compare(diff_src.span(), bounded_conv_backward_data(c.conv, diff_conv, run.weights));
  EXPECT_TRUE(pixels.intact() && diff_src.intact());
}

TEST_P(ConvPlanesTest, Backward) {
  for (const PooledConv& c : pooled_convs()) {
    SCOPED_TRACE(name_of(c));
    check_backward(table_, c, integers, expect_equal);
    check_backward(table_, c, uniforms, expect_near);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace karnin::test
