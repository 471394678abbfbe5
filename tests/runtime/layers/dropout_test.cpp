#include "runtime/layers/dropout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/fill.h"
#include "tests/support/gradient_check.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

using Values = std::vector<float>;

constexpr Extent kExtent{11, 3, 4};
constexpr ShardId kShard{7, 3, 0};

/// What the layer makes of ones.
Values mask(std::int64_t images, Layout layout, const ShardId& shard, std::uint64_t number = 1,
            float rate = 0.25F) {
  const DropoutLayer layer("dropout", {rate}, {images, kExtent, layout}, number);
  test::LayerHarness harness(layer);
  harness.bind_training();
  return harness.forward(Values(static_cast<std::size_t>(images * kExtent.size()), 1.0F), shard);
}

TEST(DropoutLayer, DropsItsShareAndKeepsTheMean) {
  const Values kept = mask(200, Layout::nchw, kShard);
  const auto n = static_cast<double>(kept.size());
  const auto dropped = static_cast<double>(std::count(kept.begin(), kept.end(), 0.0F));
  EXPECT_EQ(std::count(kept.begin(), kept.end(), 1.0F / 0.75F),
            static_cast<std::ptrdiff_t>(n - dropped));
  // Five standard deviations of a binomial draw.
  EXPECT_NEAR(dropped / n, 0.25, 5 * std::sqrt(0.25 * 0.75 / n));
}

TEST(DropoutLayer, DependsOnSeedStepAndLayer) {
  const Values kept = mask(2, Layout::nchw, kShard);
  EXPECT_EQ(mask(2, Layout::nchw, kShard), kept);
  EXPECT_NE(mask(2, Layout::nchw, {8, 3, 0}), kept);
  EXPECT_NE(mask(2, Layout::nchw, {7, 4, 0}), kept);
  EXPECT_NE(mask(2, Layout::nchw, kShard, 2), kept);
  EXPECT_FALSE(
      std::equal(kept.begin(), kept.begin() + kExtent.size(), kept.begin() + kExtent.size()));
}

TEST(DropoutLayer, DependsOnNeitherShardingNorLayout) {
  const Values whole = mask(5, Layout::nchw, kShard);
  Values parts = mask(2, Layout::nChw8c, kShard);
  const Values rest = mask(3, Layout::nhwc, {7, 3, 2});
  parts.insert(parts.end(), rest.begin(), rest.end());
  EXPECT_EQ(parts, whole);
}

/// The rate 3/4 makes the scale 4 exact. The layer is linear for given draws.
TEST(DropoutLayer, GradientIsAFiniteDifferenceAlsoInPlace) {
  const DropoutLayer layer("dropout", {0.75F}, {2, kExtent, Layout::nChw8c}, 1);
  test::LayerHarness apart(layer), in_place(layer);
  apart.bind_training();
  in_place.bind_in_place();
  const Values src = test::integers(apart.src_size(), 1),
               diff = test::integers(apart.src_size(), 2);
  const auto loss = [&](const Values& x) {
    return test::weighted_sum(apart.forward(x, kShard), diff);
  };
  loss(src);
  const Values gradient = apart.backward(diff, {}, kShard);
  test::expect_gradient(loss, src, gradient, 0.5F, 0.0);
  EXPECT_EQ(in_place.forward(src, kShard), apart.forward(src, kShard));
  EXPECT_EQ(in_place.backward(diff, {}, kShard), gradient);
}

}  // namespace
}  // namespace karnin
