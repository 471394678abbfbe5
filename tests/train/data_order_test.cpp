#include "train/data_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>

namespace karnin {
namespace {

std::vector<std::int64_t> order_of(std::int64_t images, std::uint64_t seed, std::uint64_t epoch) {
  std::vector<std::int64_t> order{7, 7, 7};  // what was there before must not matter
  shuffle_epoch(images, seed, epoch, order);
  return order;
}

TEST(DataOrder, EveryImageComesOnce) {
  for (const std::int64_t images : {0, 1, 2, 3, 100, 1009}) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(images));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    EXPECT_THAT(order_of(images, 1, 1), testing::UnorderedElementsAreArray(all));
  }
}

TEST(DataOrder, DependsOnSeedAndEpochAlone) {
  EXPECT_EQ(order_of(100, 1, 2), order_of(100, 1, 2));
  EXPECT_NE(order_of(100, 1, 2), order_of(100, 1, 3));
  EXPECT_NE(order_of(100, 1, 2), order_of(100, 2, 2));
}

TEST(DataOrder, EveryImageReachesEveryPlace) {
  // 4 images in 4 places, 4000 epochs: 1000 expected in each cell, deviation sqrt(750) = 27.4;
  // 150 is 5.5 of these.
  std::vector<std::vector<int>> seen(4, std::vector<int>(4));
  for (std::uint64_t epoch = 0; epoch < 4000; ++epoch) {
    const std::vector<std::int64_t> order = order_of(4, 5, epoch);
    for (std::size_t place = 0; place < 4; ++place)
      ++seen[place][static_cast<std::size_t>(order[place])];
  }
  for (const std::vector<int>& place : seen)
    for (const int count : place) EXPECT_NEAR(count, 1000, 150);
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
