#include "train/calibration/layer_inputs.h"

#include <gtest/gtest.h>

#include "tests/support/fill.h"
#include "tests/support/reference_conv.h"
#include "train/calibration/sampled_positions.h"

namespace karnin {
namespace {

/// What is gathered, times the weights, is what the layer gives.
TEST(LayerInputs, TimesTheWeightsAreTheConvolution) {
  const test::ConvCase cases[] = {
      {1, {3, 5, 4}, Conv2d{.oc = 4, .kh = 3, .kw = 2}},
      {1, {2, 6, 7}, {.oc = 2, .kh = 3, .kw = 3, .sh = 2, .sw = 3, .ph = {1, 0}, .pw = 2}},
      {1, {4, 6, 6}, {.oc = 6, .kh = 2, .kw = 3, .ph = 1, .pw = 1, .dh = 2, .dw = 2, .groups = 2}},
      {1, {3, 4, 4}, {.oc = 6, .kh = 3, .kw = 3, .ph = 1, .pw = 1, .groups = 3}}};
  for (const test::ConvCase& c : cases) {
    const Graph graph = make_chain("n", c.src, {{"conv", c.spec}});
    const LayerInputs layer(graph, infer_extents(graph), 1);
    const test::Values src = test::integers(c.src_size(), 1);
    const test::Values weights = test::integers(c.weights_size(), 2);
    const test::Values bias(static_cast<std::size_t>(c.spec.oc));
    const test::Sums expected = test::reference_conv(c, src, weights, bias);
    const std::int64_t n = layer.columns();
    ASSERT_EQ(layer.rows() * n, c.weights_size());
    for (std::int64_t position = 0; position < layer.positions(); ++position) {
      std::vector<float> x(static_cast<std::size_t>(layer.groups() * n));
      layer.gather(src.data(), position, {0, n}, x.data());
      for (std::int64_t row = 0; row < layer.rows(); ++row) {
        const float* const own = x.data() + row / layer.group_rows() * n;
        double sum = 0;
        for (std::int64_t i = 0; i < n; ++i)
          sum += double{own[i]} * double{weights[static_cast<std::size_t>(row * n + i)]};
        ASSERT_EQ(sum, expected[static_cast<std::size_t>(row * layer.positions() + position)]);
      }
    }
  }
}

TEST(LayerInputs, ComeInBlocksOfColumns) {
  const Graph graph = make_chain("n", {3, 50, 50}, {{"fc", FullyConnected{4}}});
  const LayerInputs layer(graph, infer_extents(graph), 1);
  const std::vector<Columns> blocks = layer.blocks();
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[1].begin, 3750);
  EXPECT_EQ(blocks[1].begin + blocks[1].count, 7500);
  const std::vector<float> src = test::integers(7500, 1);
  std::vector<float> x(3750);
  layer.gather(src.data(), 0, blocks[1], x.data());
  EXPECT_TRUE(std::equal(x.begin(), x.end(), src.begin() + 3750));
}

TEST(SampledPositions, AreAllOfThemWhereThereAreFew) {
  const SampledPositions positions(12, 100, 1);
  ASSERT_EQ(positions.count(), 12);
  for (std::int64_t i = 0; i < 12; ++i) EXPECT_EQ(positions.at(5, i), i);
}

TEST(SampledPositions, AreSpreadOverTheImageWhereThereAreMany) {
  const std::int64_t images = SampledPositions::kSamples / 4;
  const SampledPositions positions(1000, images, 1);
  ASSERT_EQ(positions.count(), 4);
  for (std::int64_t image = 0; image < 50; ++image)
    for (std::int64_t i = 0; i < 4; ++i) EXPECT_EQ(positions.at(image, i) / 250, i);
  EXPECT_NE(positions.at(0, 0), positions.at(1, 0));
}

}  // namespace
}  // namespace karnin
