#include "train/loop/validation_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/core/error.h"

namespace karnin {
namespace {

/// Images of 2 x 1 x 3 pixels that all say their own number, labels the number mod 7.
ImageSet numbered(std::int64_t count) {
  ImageSet set{{2, 1, 3}, {}, {}};
  for (std::int64_t i = 0; i < count; ++i) {
    set.pixels.insert(set.pixels.end(), 6, static_cast<std::uint8_t>(i));
    set.labels.push_back(static_cast<std::uint8_t>(i % 7));
  }
  return set;
}

/// The numbers of a set's images, which must be whole and have their own labels.
std::vector<int> numbers(const ImageSet& set) {
  std::vector<int> all;
  EXPECT_EQ(set.pixels.size(), set.labels.size() * 6);
  for (std::int64_t i = 0; i < set.size(); ++i) {
    const auto image = set.image(i);
    EXPECT_TRUE(std::ranges::all_of(image, [&](std::uint8_t pixel) { return pixel == image[0]; }));
    EXPECT_EQ(set.labels[static_cast<std::size_t>(i)], image[0] % 7);
    all.push_back(image[0]);
  }
  return all;
}

TEST(HoldOut, SplitsWithoutLossOrRepetition) {
  for (const double share : {0.001, 0.1, 0.25, 0.5, 0.995}) {
    ImageSet train = numbered(200);
    const ImageSet held_out = hold_out(train, share, 1);
    EXPECT_EQ(held_out.extent, train.extent);
    EXPECT_EQ(held_out.size(), std::max<std::int64_t>(std::llround(200 * share), 1));
    std::vector<int> all = numbers(train);
    EXPECT_TRUE(std::ranges::is_sorted(all));
    const std::vector<int> out = numbers(held_out);
    EXPECT_TRUE(std::ranges::is_sorted(out));
    all.insert(all.end(), out.begin(), out.end());
    std::ranges::sort(all);
    for (int i = 0; i < 200; ++i) ASSERT_EQ(all[static_cast<std::size_t>(i)], i) << share;
  }
}

TEST(HoldOut, SplitsFloatsAsItSplitsBytes) {
  ImageSet bytes = numbered(200), floats = bytes;
  floats.values.assign(bytes.pixels.begin(), bytes.pixels.end());
  floats.pixels.clear();
  const ImageSet expected = hold_out(bytes, 0.3, 1), held_out = hold_out(floats, 0.3, 1);
  EXPECT_EQ(std::vector<std::uint8_t>(held_out.values.begin(), held_out.values.end()),
            expected.pixels);
  EXPECT_EQ(held_out.labels, expected.labels);
  EXPECT_EQ(floats.values.size(), bytes.pixels.size());
  EXPECT_EQ(floats.labels, bytes.labels);
}

TEST(HoldOut, IsAFunctionOfTheSeed) {
  const auto split = [](std::uint64_t seed) {
    ImageSet train = numbered(200);
    return numbers(hold_out(train, 0.3, seed));
  };
  EXPECT_EQ(split(1), split(1));
  EXPECT_NE(split(1), split(2));
}

// 60 of 240: a half of the set gets 30, and 4 standard deviations are 13.
TEST(HoldOut, FavoursNoPartOfTheSet) {
  ImageSet train = numbered(240);
  const std::vector<int> out = numbers(hold_out(train, 0.25, 3));
  const auto low = std::ranges::count_if(out, [](int i) { return i < 120; });
  EXPECT_NEAR(static_cast<double>(low), 30, 13);
}

TEST(HoldOut, RefusesSharesThatLeaveNothing) {
  for (const double share : {0.0, -0.1, 1.0, 1.5, std::nan("")}) {
    ImageSet train = numbered(10);
    EXPECT_THROW(hold_out(train, share, 1), ArgumentError) << share;
    EXPECT_EQ(train.size(), 10);
  }
  ImageSet one = numbered(1), two = numbered(2);
  EXPECT_THROW(hold_out(one, 0.5, 1), ArgumentError);
  EXPECT_THROW(hold_out(two, 0.9, 1), ArgumentError);
}

}  // namespace
}  // namespace karnin
