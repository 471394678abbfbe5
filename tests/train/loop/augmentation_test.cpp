#include "train/loop/augmentation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

std::vector<std::uint8_t> random_pixels(const Extent& extent) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(extent.size()));
  CounterRng rng(1);
  for (std::uint8_t& pixel : pixels) pixel = static_cast<std::uint8_t>(rng.below(256));
  return pixels;
}

/// Gives back the bytes themselves, up to rounding.
Preprocess identity(std::int64_t channels) {
  return {std::vector<float>(channels, 0.0F), std::vector<float>(channels, 1.0F / 255)};
}

std::vector<float> loaded(const std::vector<std::uint8_t>& pixels, const Extent& extent,
                          const Preprocess& preprocess, const AugmentationOptions& options,
                          std::uint64_t draw) {
  std::vector<float> dst(pixels.size() + 1, -7.0F);
  std::vector<std::uint8_t> scratch(static_cast<std::size_t>(extent.h * extent.w));
  load_image(pixels, extent, preprocess, options, draw, scratch, dst.data());
  EXPECT_EQ(dst.back(), -7.0F) << "written past the end";
  dst.pop_back();
  return dst;
}

using Image = std::vector<int>;

Image loaded_bytes(const std::vector<std::uint8_t>& pixels, const Extent& extent,
                   const AugmentationOptions& options, std::uint64_t draw) {
  Image bytes;
  for (const float x : loaded(pixels, extent, identity(extent.c), options, draw)) {
    EXPECT_NEAR(x, std::round(x), 1e-3);
    bytes.push_back(static_cast<int>(std::lround(x)));
  }
  return bytes;
}

/// Slow and obvious: pad every plane by reflection without repeating the edge, cut, mirror.
Image reference(const std::vector<std::uint8_t>& pixels, const Extent& e, std::int64_t dy,
                std::int64_t dx, bool flip) {
  const auto reflected = [](std::int64_t i, std::int64_t n) {
    while (i < 0 || i >= n) i = i < 0 ? -i : 2 * (n - 1) - i;
    return i;
  };
  Image dst;
  for (std::int64_t c = 0; c < e.c; ++c)
    for (std::int64_t y = 0; y < e.h; ++y)
      for (std::int64_t x = 0; x < e.w; ++x) {
        const std::int64_t sx = reflected((flip ? e.w - 1 - x : x) + dx, e.w);
        dst.push_back(pixels[(c * e.h + reflected(y + dy, e.h)) * e.w + sx]);
      }
  return dst;
}

TEST(Augmentation, WithoutOptionsItOnlyNormalises) {
  const Extent extent{3, 5, 7};
  const std::vector<std::uint8_t> pixels = random_pixels(extent);
  const Preprocess preprocess{{0.5F, 0.4914F, 0.0F}, {0.5F, 0.2470F, 1.0F}};
  const std::vector<float> x = loaded(pixels, extent, preprocess, {}, 99);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const std::size_t c = i / 35;
    const double expected = (pixels[i] / 255.0 - preprocess.mean[c]) / preprocess.std[c];
    // scale, shift, product and sum round once each; none exceeds 1 / std.
    EXPECT_NEAR(x[i], expected, 4 * 0x1p-24 / preprocess.std[c]);
  }
}

class Moves : public testing::TestWithParam<Extent> {};

// Every result is one of the moves that the options allow, and every allowed move comes up about
// as often as every other. Some moves give the same image: a plane that is moved by its whole
// length less one is its mirror image, whichever the direction.
TEST_P(Moves, AreTheReferencesAndUniform) {
  constexpr int kDrawsPerMove = 30;
  struct Count {
    int moves = 0;
    int drawn = 0;
  };
  const Extent extent = GetParam();
  const std::vector<std::uint8_t> pixels = random_pixels(extent);
  const std::int64_t widest = std::min<std::int64_t>(3, std::min(extent.h, extent.w) - 1);
  for (const bool flip : {false, true})
    for (std::int64_t shift = 0; shift <= widest; ++shift) {
      std::map<Image, Count> seen;
      std::int64_t moves = 0;
      for (const bool mirrored : {false, true})
        for (std::int64_t dy = -shift; dy <= shift; ++dy)
          for (std::int64_t dx = -shift; dx <= shift; ++dx)
            if (flip || !mirrored)
              ++moves, ++seen[reference(pixels, extent, dy, dx, mirrored)].moves;
      for (std::int64_t draw = 0; draw < moves * kDrawsPerMove; ++draw) {
        const auto found = seen.find(loaded_bytes(pixels, extent, {flip, shift}, hash(3, draw)));
        ASSERT_NE(found, seen.end()) << "not a move of at most " << shift << " pixels";
        ++found->second.drawn;
      }
      for (const auto& [image, count] : seen) {
        const double expected = kDrawsPerMove * count.moves;
        EXPECT_NEAR(count.drawn, expected, 5.5 * std::sqrt(expected));
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Extents, Moves,
                         testing::Values(Extent{3, 4, 5}, Extent{1, 5, 15}, Extent{2, 3, 16},
                                         Extent{1, 4, 17}, Extent{1, 9, 33}, Extent{2, 5, 40}));

TEST(Augmentation, TheLargestShiftReflectsWholeRows) {
  const Extent extent{2, 5, 4};
  const std::vector<std::uint8_t> pixels = random_pixels(extent);
  std::vector<Image> allowed;
  for (std::int64_t dy = -3; dy <= 3; ++dy)
    for (std::int64_t dx = -3; dx <= 3; ++dx)
      allowed.push_back(reference(pixels, extent, dy, dx, false));
  for (std::uint64_t draw = 0; draw < 200; ++draw)
    EXPECT_THAT(allowed, testing::Contains(loaded_bytes(pixels, extent, {false, 3}, draw)));
}

TEST(Augmentation, OnePixelImagesCanFlip) {
  const Extent extent{2, 1, 1};
  EXPECT_THAT(loaded_bytes({7, 9}, extent, {true, 0}, 1), testing::ElementsAre(7, 9));
}

/// Of floats, which go in as they are, the same comes out as of the bytes that they stand for.
TEST(Augmentation, MovesFloatsAsItMovesBytes) {
  for (const Extent& extent : {Extent{3, 4, 5}, Extent{1, 9, 33}, Extent{6, 1, 1}}) {
    const std::vector<std::uint8_t> pixels = random_pixels(extent);
    const ImageSet set{extent, {}, {0}, {pixels.begin(), pixels.end()}};
    const std::int64_t shift = std::min<std::int64_t>(3, std::min(extent.h, extent.w) - 1);
    for (std::uint64_t draw = 0; draw < 100; ++draw) {
      const AugmentationOptions options{draw % 2 == 1, draw % 3 == 0 ? 0 : shift};
      std::vector<float> dst(pixels.size());
      load_image(set, 0, identity(extent.c), options, hash(5, draw), {}, dst.data());
      const Image expected = loaded_bytes(pixels, extent, options, hash(5, draw));
      ASSERT_EQ(Image(dst.begin(), dst.end()), expected) << to_string(extent);
    }
  }
}

TEST(Augmentation, ValidationBoundsTheShift) {
  EXPECT_NO_THROW(validate(AugmentationOptions{true, 0}, {1, 1, 1}));
  EXPECT_NO_THROW(validate(AugmentationOptions{true, 4}, {3, 5, 9}));
  EXPECT_THROW(validate(AugmentationOptions{true, 5}, {3, 5, 9}), ArgumentError);
  EXPECT_THROW(validate(AugmentationOptions{true, 5}, {3, 9, 5}), ArgumentError);
  EXPECT_THROW(validate(AugmentationOptions{false, -1}, {3, 9, 9}), ArgumentError);
  const auto huge = std::numeric_limits<std::int64_t>::max();
  EXPECT_THROW(validate(AugmentationOptions{false, huge}, {3, 9, 9}), ArgumentError);
}

}  // namespace
}  // namespace karnin
