#include "formats/images/resampling.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

#include "runtime/core/counter_rng.h"

namespace karnin {
namespace {

using ::testing::Each;
using Bytes = std::vector<std::uint8_t>;

Bytes curves(std::int64_t h, std::int64_t w) {
  Bytes plane;
  for (std::int64_t y = 0; y < h; ++y)
    for (std::int64_t x = 0; x < w; ++x)
      plane.push_back(static_cast<std::uint8_t>(17 * y * y + 29 * x + 7 * x * y));
  return plane;
}

Bytes resampled(const Bytes& src, const Window& rows, const Window& columns) {
  Bytes dst(static_cast<std::size_t>(rows.count * columns.count));
  resample(src, rows, columns, dst);
  return dst;
}

/// How much of source pixel i is in a pixel of the result, before all are made to sum to 1.
double share(std::int64_t i, std::int64_t position, const Window& side) {
  const double scale = static_cast<double>(side.from) / static_cast<double>(side.to);
  const double distance =
      (static_cast<double>(i) + 0.5) - (static_cast<double>(position) + 0.5) * scale;
  return std::max(0.0, 1 - std::abs(distance) / std::max(scale, 1.0));
}

/// All of the plane for every pixel.
double reference(const Bytes& src, const Window& rows, const Window& columns, std::int64_t y,
                 std::int64_t x) {
  double sum = 0, weights = 0;
  for (std::int64_t i = 0; i < rows.from; ++i)
    for (std::int64_t k = 0; k < columns.from; ++k) {
      const double weight = share(i, rows.first + y, rows) * share(k, columns.first + x, columns);
      sum += weight * src[static_cast<std::size_t>(i * columns.from + k)];
      weights += weight;
    }
  return sum / weights;
}

/// Pillow 13 rounds between the two passes, hence the 1.
TEST(Resampling, AgreesWithPillow) {
  const Bytes small{62, 137, 141, 106, 136, 144, 139, 125, 141, 142, 116, 137};
  const Bytes tall{23,  80,  145, 189, 59,  29,  89,  156, 161, 67,  40,  107, 177, 104,
                   84,  60,  134, 165, 87,  121, 89,  169, 121, 112, 178, 126, 172, 111,
                   134, 181, 171, 145, 135, 154, 128, 160, 142, 140, 161, 95,  95,  163,
                   125, 155, 83,  90,  157, 128, 144, 95,  145, 126, 150, 129, 130, 168,
                   116, 153, 117, 147, 161, 129, 136, 108, 144, 157, 135, 127, 103, 143};
  const auto expect_near = [](const Bytes& got, const Bytes& expected) {
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1) << i;
  };
  expect_near(resampled(curves(7, 11), {7, 3, 0, 3}, {11, 4, 0, 4}), small);
  expect_near(resampled(curves(7, 11), {7, 14, 0, 14}, {11, 5, 0, 5}), tall);
}

TEST(Resampling, IsTheMeanByTriangles) {
  CounterRng rng(3);
  for (int round = 0; round < 200; ++round) {
    const auto side = [&] { return static_cast<std::int64_t>(1 + rng.below(24)); };
    Window rows{side(), side()}, columns{side(), side()};
    for (Window* window : {&rows, &columns}) {
      window->first = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(window->to)));
      window->count = window->to - window->first;
    }
    const Bytes src = curves(rows.from, columns.from);
    const Bytes dst = resampled(src, rows, columns);
    for (std::int64_t y = 0; y < rows.count; ++y)
      for (std::int64_t x = 0; x < columns.count; ++x)
        // Half a step of rounding, and the error of sums of floats.
        EXPECT_NEAR(dst[static_cast<std::size_t>(y * columns.count + x)],
                    reference(src, rows, columns, y, x), 0.501)
            << rows.from << " to " << rows.to << ", " << columns.from << " to " << columns.to;
  }
}

TEST(Resampling, KeepsASizeAndAColour) {
  EXPECT_EQ(resampled(curves(6, 9), {6, 6, 0, 6}, {9, 9, 0, 9}), curves(6, 9));
  EXPECT_THAT(resampled(Bytes(60, 255), {6, 17, 3, 9}, {10, 3, 0, 3}), Each(255));
  EXPECT_EQ(resampled({0, 100, 200, 60}, {1, 1, 0, 1}, {4, 1, 0, 1}).size(), 1U);
}

/// A strip a pixel wide would need as many rows between the passes as it has, times the width.
TEST(Resampling, TakesStrips) {
  const std::int64_t length = 1 << 22;
  const Bytes strip(static_cast<std::size_t>(length), 9);
  const std::int64_t side = 64, grown = length * side;
  EXPECT_THAT(resampled(strip, {length, grown, (grown - side) / 2, side}, {1, side, 0, side}),
              Each(9));
  EXPECT_THAT(resampled(strip, {1, side, 0, side}, {length, grown, grown - side, side}), Each(9));
}

}  // namespace
}  // namespace karnin
