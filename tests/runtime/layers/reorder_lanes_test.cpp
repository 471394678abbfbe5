#include "runtime/layers/reorder_lanes.h"

#include <gtest/gtest.h>

#include "runtime/kernels/kernels.h"
#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/lane_blocks.h"

namespace karnin {
namespace {

const Extent kExtents[] = {{1, 1, 1}, {10, 1, 1}, {3, 5, 7}, {2, 4, 4}, {17, 3, 1}};

/// Batches smaller than a vector, as large, and with a block that is not full.
std::vector<std::int64_t> image_counts() {
  const std::int64_t lanes = kernels::active().lanes;
  return {1, 2, lanes - 1, lanes, lanes + 1, 3 * lanes - 2};
}

/// What a layer leaves in its buffers, idle lanes included.
struct Moved {
  AlignedVector<float> src, dst, diff_src, diff_dst;

  Moved(const Layer& layer, const std::vector<float>& values, const std::vector<float>& gradients)
      : src(floats(layer.src())), dst(floats(layer.dst())), diff_src(src), diff_dst(dst) {
    test::write(layer.src(), values, src);
    test::write(layer.dst(), gradients, diff_dst);
    test::poison(dst);
    test::poison(diff_src);
    const auto bound = layer.bind({src.data(), dst.data(), diff_src.data(), diff_dst.data()});
    bound->forward({});
    bound->backward({}, {});
  }

 private:
  static std::size_t floats(const Blob& blob) { return static_cast<std::size_t>(blob.floats()); }
};

std::vector<float> plain(const AlignedVector<float>& values) {
  return {values.begin(), values.end()};
}

TEST(ReorderLanesLayer, TakesImagesIntoTheLanesAndGradientsOut) {
  for (const Extent& extent : kExtents)
    for (const std::int64_t images : image_counts()) {
      const ReorderLanesLayer layer("reorder", {images, extent, Layout::nchw}, lanes_layout());
      EXPECT_EQ(layer.dst(), (Blob{images, extent, lanes_layout()}));
      const auto values = test::integers(images * extent.size(), 1);
      const auto gradients = test::integers(images * extent.size(), 2);
      const Moved moved(layer, values, gradients);
      EXPECT_EQ(plain(moved.dst), test::to_blocks(values, extent.size(), kernels::active().lanes));
      EXPECT_EQ(plain(moved.diff_src), gradients);
    }
}

/// Lanes without an image get a gradient of 0: what they hold tells the weights nothing.
TEST(ReorderLanesLayer, TakesLogitsOutAndGradientsIntoTheLanes) {
  for (const Extent& extent : kExtents)
    for (const std::int64_t images : image_counts()) {
      const ReorderLanesLayer layer("reorder", {images, extent, lanes_layout()}, Layout::nchw);
      EXPECT_EQ(layer.dst(), (Blob{images, extent, Layout::nchw}));
      const auto values = test::integers(images * extent.size(), 1);
      const auto gradients = test::integers(images * extent.size(), 2);
      const Moved moved(layer, values, gradients);
      EXPECT_EQ(plain(moved.dst), values);
      EXPECT_EQ(plain(moved.diff_src),
                test::to_blocks(gradients, extent.size(), kernels::active().lanes));
    }
}

TEST(ReorderLanesLayer, LeavesOutAGradientThatNobodyNeeds) {
  const ReorderLanesLayer layer("reorder", {3, {2, 3, 3}, Layout::nchw}, lanes_layout());
  test::LayerHarness harness(layer);
  harness.bind_first_in_training();
  const auto values = test::integers(harness.src_size(), 1);
  EXPECT_EQ(harness.forward(values), values);
  EXPECT_TRUE(harness.backward(values).empty());
}

TEST(ReorderLanesLayer, WantsAsManyLanesAsTheKernels) {
  EXPECT_EQ((Blob{1, {1, 1, 1}, lanes_layout()}).lanes(), kernels::active().lanes);
}

}  // namespace
}  // namespace karnin
