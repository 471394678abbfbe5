#include "train/loop/data_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

namespace karnin {
namespace {

using Labels = std::vector<std::uint8_t>;

std::vector<std::int64_t> order_of(const Labels& labels, std::uint64_t seed, std::uint64_t epoch) {
  std::vector<std::int64_t> order{7, 7, 7};  // what was there before must not matter
  order_epoch(labels, seed, epoch, order);
  return order;
}

/// Label i % classes for image i.
Labels alternating(std::size_t images, std::size_t classes) {
  Labels labels(images);
  for (std::size_t i = 0; i < images; ++i) labels[i] = static_cast<std::uint8_t>(i % classes);
  return labels;
}

TEST(DataOrder, EveryImageComesOnce) {
  for (const std::size_t images : {0U, 1U, 2U, 3U, 100U, 1009U}) {
    std::vector<std::int64_t> all(images);
    std::iota(all.begin(), all.end(), std::int64_t{0});
    EXPECT_THAT(order_of(alternating(images, 10), 1, 1), testing::UnorderedElementsAreArray(all));
  }
}

TEST(DataOrder, EveryClassIsSpreadEvenly) {
  Labels labels(903);  // 600 images of class 0, 300 of 100, 3 of 255
  for (std::size_t i = 600; i < labels.size(); ++i) labels[i] = i < 900 ? 100 : 255;
  std::vector<double> shown(256);
  for (const std::int64_t image : order_of(labels, 1, 1)) {
    shown[labels[static_cast<std::size_t>(image)]] += 1;
    // At time t a class of n has shown floor(t n) or one more; so have two of them.
    EXPECT_LT(std::abs(shown[0] - 2 * shown[100]), 3);
    EXPECT_LT(std::abs(shown[100] - 100 * shown[255]), 101);
  }
}

TEST(DataOrder, DependsOnSeedAndEpochAlone) {
  const Labels labels = alternating(100, 10);
  EXPECT_EQ(order_of(labels, 1, 2), order_of(labels, 1, 2));
  EXPECT_NE(order_of(labels, 1, 2), order_of(labels, 1, 3));
  EXPECT_NE(order_of(labels, 1, 2), order_of(labels, 2, 2));
}

TEST(DataOrder, EveryImageReachesEveryPlace) {
  // 4 images in 4 places, 4000 epochs: 1000 expected in each cell, deviation sqrt(750) = 27.4;
  // 150 is 5.5 of these.
  for (const std::size_t classes : {1U, 2U, 4U}) {
    std::vector<std::vector<int>> seen(4, std::vector<int>(4));
    for (std::uint64_t epoch = 0; epoch < 4000; ++epoch) {
      const std::vector<std::int64_t> order = order_of(alternating(4, classes), 5, epoch);
      for (std::size_t place = 0; place < 4; ++place)
        ++seen[place][static_cast<std::size_t>(order[place])];
    }
    for (const std::vector<int>& place : seen)
      for (const int count : place) EXPECT_NEAR(count, 1000, 150);
  }
}

TEST(DrawBatch, IsWithinTheImagesAndOfSeedAndStepAlone) {
  const auto drawn = [](std::uint64_t seed, std::uint64_t step) {
    std::vector<std::int64_t> indices(1000);
    draw_batch(7, seed, step, indices);
    return indices;
  };
  EXPECT_EQ(drawn(1, 2), drawn(1, 2));
  EXPECT_NE(drawn(1, 2), drawn(1, 3));
  EXPECT_NE(drawn(1, 2), drawn(2, 2));
  // 143 expected of each, deviation 11.1.
  for (std::int64_t image = 0; image < 7; ++image)
    EXPECT_NEAR(std::ranges::count(drawn(1, 2), image), 143, 56);
  EXPECT_EQ(std::ranges::count_if(drawn(1, 2), [](auto i) { return i < 0 || i > 6; }), 0);
}

TEST(AugmentationDraw, DiffersByImageEpochAndSeed) {
  std::set<std::uint64_t> draws;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    for (std::uint64_t epoch = 0; epoch < 10; ++epoch)
      for (std::int64_t image = 0; image < 10; ++image)
        draws.insert(augmentation_draw(seed, epoch, image));
  EXPECT_EQ(draws.size(), 1000U);
  EXPECT_EQ(augmentation_draw(3, 4, 5), augmentation_draw(3, 4, 5));
}

}  // namespace
}  // namespace karnin
