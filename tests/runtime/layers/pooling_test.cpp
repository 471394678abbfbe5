// Average pooling by oneDNN, and max pooling in our own loops, against the definition.
#include "runtime/layers/pooling.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/layers/global_average.h"
#include "runtime/layers/max_pooling.h"
#include "runtime/layers/pooling_lanes.h"
#include "runtime/layers/reorder_lanes.h"
#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/fill.h"
#include "tests/support/gradient_check.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_conv.h"
#include "tests/support/reference_pool.h"

namespace karnin {
namespace {

using test::PoolCase;
using Values = std::vector<float>;

constexpr Layout kLayouts[] = {Layout::nchw, Layout::nChw8c, Layout::nChw16c, Layout::nhwc};

/// Channel counts around whole vectors and blocks; windows that overlap, leave gaps, and are
/// padded.
template <typename Visit>
void for_each_case(PoolKind kind, const Visit& visit) {
  std::int64_t count = 0;
  for (const std::int64_t channels : {1, 2, 3, 4, 5, 7, 8, 9, 10, 16, 17})
    for (const Layout layout : kLayouts)
      for (std::int64_t kernel = 1; kernel <= 4; ++kernel, ++count) {
        const std::int64_t kw = 1 + (kernel + count) % 3;
        const Pool2d spec{.kind = kind,
                          .kh = kernel,
                          .kw = kw,
                          .sh = 1 + count % 3,
                          .sw = 1 + count / 3 % 2,
                          .ph = {count % 2 % kernel, count / 2 % 3 % kernel},
                          .pw = {count % 3 % kw, count / 3 % 2 % kw},
                          .count_padding = kind == PoolKind::average && count % 5 < 2};
        SCOPED_TRACE(testing::Message()
                     << channels << " channels, layout " << int(layout) << ", kernel " << kernel
                     << "x" << kw << ", case " << count);
        visit(PoolCase{1 + count % 3, {channels, 5 + count % 3, 6}, spec}, layout);
      }
}

TEST(GlobalAverageLayer, IsThatOfTheDefinition) {
  for (const std::int64_t h : {1, 3, 4, 7})
    for (const std::int64_t w : {1, 2, 5, 8}) {
      const PoolCase c{2, {5, h, w}, {.kind = PoolKind::average, .kh = h, .kw = w}};
      const Blob src{c.images, c.src, Layout::nchw};
      ASSERT_TRUE(GlobalAverageLayer::covers(c.spec, src, c.dst()));
      const GlobalAverageLayer layer("pool", src);
      test::LayerHarness inference(layer);
      inference.bind_inference();
      const Values images = test::integers(c.src_size(), 1);
      const Values expected = test::to_float(reference_pool(c, images)),
                   dst = inference.forward(images);
      ASSERT_EQ(dst.size(), expected.size());
      for (std::size_t i = 0; i < dst.size(); ++i) EXPECT_FLOAT_EQ(dst[i], expected[i]);
    }
}

TEST(GlobalAverageLayer, KnowsWhatItCovers) {
  const Pool2d all{.kind = PoolKind::average, .kh = 4, .kw = 4};
  const auto covers = [](const Pool2d& spec, Layout layout) {
    const Blob src{1, {8, 4, 4}, layout};
    return GlobalAverageLayer::covers(spec, src, spec.dst({&src.extent, 1}));
  };
  EXPECT_TRUE(covers(all, Layout::nchw));
  EXPECT_FALSE(covers(all, Layout::nChw8c));
  Pool2d other = all;
  other.kind = PoolKind::max;
  EXPECT_FALSE(covers(other, Layout::nchw));
  other = all;
  other.ph = {1, 0};
  EXPECT_FALSE(covers(other, Layout::nchw));
  other = all;
  other.kh = 3;
  EXPECT_FALSE(covers(other, Layout::nchw));
}

/// Nine different integers a tensor: most windows have ties, and the first has to win.
TEST(MaxPoolingLayer, IsThatOfTheDefinition) {
  for_each_case(PoolKind::max, [](const PoolCase& c, Layout layout) {
    const MaxPoolingLayer layer("pool", c.spec, {c.images, c.src, layout}, c.dst());
    const Values src = test::integers(c.src_size(), 1), diff_dst = test::integers(c.dst_size(), 2);
    test::LayerHarness training(layer), inference(layer);
    training.bind_training();
    inference.bind_inference();
    EXPECT_EQ(inference.forward(src), test::to_float(reference_pool(c, src)));
    EXPECT_EQ(training.forward(src), test::to_float(reference_pool(c, src)));
    EXPECT_EQ(training.backward(diff_dst),
              test::to_float(reference_pool_backward(c, src, diff_dst)));
  });
}

TEST(MaxPoolingLayer, GivesTheGradientToTheFirstOfEquals) {
  const PoolCase c{1, {4, 2, 2}, {PoolKind::max, 2, 2, 2, 2}};
  const MaxPoolingLayer layer("pool", c.spec, {c.images, c.src, Layout::nhwc}, c.dst());
  test::LayerHarness harness(layer);
  harness.bind_training();
  harness.forward({3, 3, 3, 3, 1, 3, 3, 0, 0, 0, 2, 2, -1, -1, -2, -1});
  EXPECT_EQ(harness.backward({1, 1, 1, 1}),
            (Values{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0}));
}

/// Every element of an image has another value, at least 1 apart: no maximum changes within a step
/// of 1/4, so that the loss is linear there, and exact.
TEST(MaxPoolingLayer, GradientIsAFiniteDifference) {
  const PoolCase c{1, {9, 5, 4}, {PoolKind::max, 3, 2, 2, 1, 1, 1}};
  for (const Layout layout : kLayouts) {
    const MaxPoolingLayer layer("pool", c.spec, {c.images, c.src, layout}, c.dst());
    test::LayerHarness harness(layer);
    harness.bind_training();
    Values src(static_cast<std::size_t>(c.src_size()));
    for (std::size_t i = 0; i < src.size(); ++i)
      src[i] = static_cast<float>(i * 77 % src.size()) - 90.0F;  // 77 and 180 have no divisor
    const Values diff_dst = test::integers(c.dst_size(), 2);
    const auto loss = [&](const Values& x) {
      return test::weighted_sum(harness.forward(x), diff_dst);
    };
    loss(src);
    test::expect_gradient(loss, src, harness.backward(diff_dst), 0.25F, 0.0);
  }
}

/// At most 16 integers up to 4 are summed exactly, then divided or multiplied with a reciprocal
/// (two roundings); in the gradient up to 16 such terms are added: below 32 half-epsilons of 16
/// * 4.
constexpr double kAverageTolerance = 32 * 64 * 0x1p-24;

void expect_near(const Values& actual, const std::vector<double>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_NEAR(actual[i], expected[i], kAverageTolerance) << "element " << i;
}

TEST(PoolingLayer, AveragesLikeTheDefinition) {
  for_each_case(PoolKind::average, [](const PoolCase& c, Layout layout) {
    const PoolingLayer layer("pool", c.spec, {c.images, c.src, layout}, c.dst(), Purpose::training);
    const Values src = test::integers(c.src_size(), 1), diff_dst = test::integers(c.dst_size(), 2);
    test::LayerHarness harness(layer);
    harness.bind_training();
    expect_near(harness.forward(src), reference_pool(c, src));
    expect_near(harness.backward(diff_dst), reference_pool_backward(c, src, diff_dst));
  });
}

/// The loss is a sum of averages of at most 8 (4 and a step), weighted by at most 4, each off by
/// two half-epsilons; two losses over twice the step.
TEST(PoolingLayer, GradientIsAFiniteDifference) {
  const PoolCase c{1, {9, 5, 4}, {PoolKind::average, 3, 2, 2, 1, 1, 1}};
  for (const Layout layout : kLayouts) {
    const PoolingLayer layer("pool", c.spec, {c.images, c.src, layout}, c.dst(), Purpose::training);
    test::LayerHarness harness(layer);
    harness.bind_training();
    const Values src = test::integers(c.src_size(), 1), diff_dst = test::integers(c.dst_size(), 2);
    const auto loss = [&](const Values& x) {
      return test::weighted_sum(harness.forward(x), diff_dst);
    };
    loss(src);
    const double loss_error = static_cast<double>(c.dst_size()) * 8 * 4 * 2 * 0x1p-24;
    test::expect_gradient(loss, src, harness.backward(diff_dst), 4.0F, loss_error / 4);
  }
}

TEST(PoolingLanesLayer, IsThatOfTheDefinition) {
  for (const PoolKind kind : {PoolKind::max, PoolKind::average})
    for_each_case(kind, [&](const PoolCase& c, Layout layout) {
      if (layout != Layout::nchw) return;
      const PoolingLanesLayer layer("pool", c.spec, {c.images, c.src, lanes_layout()}, c.dst());
      const Values src = test::integers(c.src_size(), 1);
      const Values diff_dst = test::integers(c.dst_size(), 2);
      test::LayerHarness harness(layer);
      harness.bind_training();
      expect_near(harness.forward(src), reference_pool(c, src));
      expect_near(harness.backward(diff_dst), reference_pool_backward(c, src, diff_dst));
    });
}

TEST(MaxPoolingLayer, LeavesEightChannelBlocksWithoutPadding) {
  const PoolCase c{1, {10, 4, 4}, {}};
  const MaxPoolingLayer layer("pool", c.spec, {1, c.src, Layout::nChw8c}, c.dst());
  EXPECT_EQ(layer.dst(), (Blob{1, {10, 2, 2}, Layout::nhwc}));
}

}  // namespace
}  // namespace karnin
