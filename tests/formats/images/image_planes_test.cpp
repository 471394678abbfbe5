#include "formats/images/image_planes.h"

#include <gmock/gmock.h>

#include <numeric>

namespace karnin {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using Bytes = std::vector<std::uint8_t>;

Bytes planes(const Image& image, const Extent& extent) {
  Bytes dst(static_cast<std::size_t>(extent.size()));
  write_planes(image, extent, dst);
  return dst;
}

TEST(ImagePlanes, TakesColoursApart) {
  const Image image{3, 1, 2, {1, 2, 3, 4, 5, 6}};
  EXPECT_THAT(planes(image, {3, 1, 2}), ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(ImagePlanes, MakesGreyOfColourAndColourOfGrey) {
  const Image primaries{3, 1, 4, {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255}};
  EXPECT_THAT(planes(primaries, {1, 1, 4}), ElementsAre(76, 150, 29, 255));
  EXPECT_THAT(planes({1, 1, 2, {7, 8}}, {3, 1, 2}), ElementsAre(7, 8, 7, 8, 7, 8));
}

/// 2 x 6 pixels that tell their column.
Image columns() { return {1, 2, 6, {0, 50, 100, 150, 200, 250, 0, 50, 100, 150, 200, 250}}; }

TEST(ImagePlanes, CutsWhatHangsOver) {
  EXPECT_THAT(planes(columns(), {1, 2, 2}), ElementsAre(100, 150, 100, 150));
  EXPECT_THAT(planes(columns(), {1, 2, 3}), ElementsAre(50, 100, 150, 50, 100, 150));
  Image turned{1, 6, 2, {}};
  for (const std::uint8_t value : {0, 50, 100, 150, 200, 250})
    turned.pixels.insert(turned.pixels.end(), 2, value);
  EXPECT_THAT(planes(turned, {1, 2, 2}), ElementsAre(100, 100, 150, 150));
}

TEST(ImagePlanes, FillsTheWindowWithTheShorterSide) {
  // 2 x 6 becomes 1 x 3, whose middle is the mean of columns 2 and 3 and their neighbours.
  EXPECT_THAT(planes(columns(), {1, 1, 1}), ElementsAre(125));
  for (const Extent& extent : {Extent{3, 5, 7}, Extent{3, 40, 1}, Extent{1, 1, 40}})
    for (const auto& [h, w] : {std::pair{3, 3}, {1, 9}, {9, 1}, {64, 5}})
      EXPECT_THAT(planes({1, h, w, Bytes(static_cast<std::size_t>(h * w), 66)}, extent), Each(66));
}

TEST(ImagePlanes, KeepsBytesOfThatSize) {
  Image image{1, 5, 7, Bytes(35)};
  std::iota(image.pixels.begin(), image.pixels.end(), std::uint8_t{200});
  EXPECT_EQ(planes(image, {1, 5, 7}), image.pixels);
}

}  // namespace
}  // namespace karnin
