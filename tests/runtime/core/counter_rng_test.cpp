#include "runtime/core/counter_rng.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

namespace karnin {
namespace {

// The published first outputs of SplitMix64 from state 0: mix(k * increment) is the k-th.
TEST(CounterRng, MixIsSplitMix64) {
  constexpr std::uint64_t kIncrement = 0x9e3779b97f4a7c15U;
  EXPECT_EQ(mix(0), 0xe220a8397b1dcdafU);
  EXPECT_EQ(mix(kIncrement), 0x6e789e6aa1b965f4U);
  EXPECT_EQ(mix(2 * kIncrement), 0x06c45d188009454fU);
}

TEST(CounterRng, EveryInputBitTouchesHalfTheOutput) {
  for (int bit = 0; bit < 64; ++bit) {
    int flipped = 0;
    for (std::uint64_t x = 0; x < 256; ++x)
      flipped += std::popcount(mix(x) ^ mix(x ^ (std::uint64_t{1} << bit)));
    // 256 x 64 fair coins: standard deviation 64; six of them.
    EXPECT_NEAR(flipped, 256 * 32, 6 * 64) << "bit " << bit;
  }
}

TEST(CounterRng, HashTellsItsArgumentsApart) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 8; ++seed)
    for (std::uint64_t a = 0; a < 8; ++a)
      for (std::uint64_t b = 0; b < 8; ++b)
        for (std::uint64_t c = 0; c < 8; ++c) seen.insert(hash(seed, a, b, c));
  EXPECT_EQ(seen.size(), 8U * 8 * 8 * 8);
}

TEST(CounterRng, Uniform01CoversTheHalfOpenInterval) {
  EXPECT_EQ(uniform01(0), 0.0);
  EXPECT_EQ(uniform01(std::uint64_t{1} << 63), 0.5);
  EXPECT_EQ(uniform01(std::numeric_limits<std::uint64_t>::max()), 1.0 - 0x1p-53);
}

TEST(CounterRng, UniformHasTheMomentsOfAUniform) {
  constexpr int kDraws = 100'000;
  CounterRng rng(7);
  double sum = 0;
  double squares = 0;
  double neighbours = 0;
  double last = 0.5;
  for (int i = 0; i < kDraws; ++i) {
    const double x = rng.uniform();
    ASSERT_TRUE(x >= 0 && x < 1);
    sum += x - 0.5;
    squares += (x - 0.5) * (x - 0.5);
    neighbours += (x - 0.5) * (last - 0.5);
    last = x;
  }
  // Five standard deviations of each mean: sqrt(1/12), sqrt(1/180) and 1/12 over sqrt(draws).
  const double root = std::sqrt(static_cast<double>(kDraws));
  EXPECT_NEAR(sum / kDraws, 0, 5 * std::sqrt(1.0 / 12) / root);
  EXPECT_NEAR(squares / kDraws, 1.0 / 12, 5 * std::sqrt(1.0 / 180) / root);
  EXPECT_NEAR(neighbours / kDraws, 0, 5.0 / 12 / root);
}

TEST(CounterRng, BelowIsUniformAndInRange) {
  for (const std::uint64_t n : {1U, 2U, 3U, 7U, 9U}) {
    constexpr int kDraws = 30'000;
    std::vector<int> counts(n, 0);
    CounterRng rng(n);
    for (int i = 0; i < kDraws; ++i) ++counts.at(rng.below(n));
    const double p = 1.0 / static_cast<double>(n);
    for (const int count : counts)
      EXPECT_NEAR(count, kDraws * p, 5 * std::sqrt(kDraws * p * (1 - p))) << "n = " << n;
  }
}

// For n = 3/4 of 2^64 a plain product or remainder would favour a third of the values twofold.
TEST(CounterRng, BelowHasNoBiasForHugeRanges) {
  constexpr std::uint64_t kRange = std::uint64_t{3} << 62;
  constexpr int kDraws = 30'000;
  CounterRng rng(3);
  int multiples_of_three = 0;
  int low_third = 0;
  for (int i = 0; i < kDraws; ++i) {
    const std::uint64_t x = rng.below(kRange);
    ASSERT_LT(x, kRange);
    multiples_of_three += x % 3 == 0 ? 1 : 0;
    low_third += x < kRange / 3 ? 1 : 0;
  }
  const double deviation = std::sqrt(kDraws * (1.0 / 3) * (2.0 / 3));
  EXPECT_NEAR(multiples_of_three, kDraws / 3.0, 5 * deviation);
  EXPECT_NEAR(low_third, kDraws / 3.0, 5 * deviation);
}

TEST(CounterRng, ResumesFromItsCounter) {
  CounterRng whole(5, 2);
  for (int i = 0; i < 10; ++i) whole.next();
  EXPECT_EQ(whole.counter(), 10U);
  CounterRng resumed(5, 2, whole.counter());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(resumed.next(), whole.next());
}

TEST(CounterRng, StreamsAndSeedsDiffer) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    for (std::uint64_t stream = 0; stream < 10; ++stream) {
      CounterRng rng(seed, stream);
      for (int i = 0; i < 10; ++i) seen.insert(rng.next());
    }
  EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace karnin
