#include "runtime/core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <vector>

#include "runtime/core/error.h"

namespace karnin {
namespace {

TEST(Arena, HasTheWidthThatWasAskedFor) {
  EXPECT_GE(hardware_threads(), 1);
  EXPECT_EQ(Arena().threads(), hardware_threads());
  for (const int threads : {1, 2, 7}) EXPECT_EQ(Arena(threads).threads(), threads);
}

TEST(Arena, RefusesWidthsOutOfRange) {
  EXPECT_THROW(Arena(-1), ArgumentError);
  EXPECT_THROW(Arena(1'000'000), ArgumentError);
}

TEST(Arena, CallsEveryIndexOnce) {
  for (const int threads : {1, 2, 5}) {
    Arena arena(threads);
    for (const std::int64_t count : {0, 1, 2, 1000}) {
      std::vector<std::atomic<int>> calls(static_cast<std::size_t>(count));
      arena.for_each(count, [&](std::int64_t i) { ++calls[i]; });
      for (const std::atomic<int>& n : calls) EXPECT_EQ(n, 1);
    }
  }
}

TEST(Arena, WorkersAreNumberedAndOneIndexRunsOnOne) {
  Arena arena(3);
  std::vector<std::atomic<int>> busy(3);
  std::atomic<bool> sound = true;
  arena.for_each(2000, [&](std::int64_t) {
    const int worker = Arena::worker();
    if (worker < 0 || worker >= 3 || busy[worker]++ != 0) sound = false;
    if (worker >= 0 && worker < 3) --busy[worker];
  });
  EXPECT_TRUE(sound);
}

TEST(Arena, SharesEveryIndexOnceAmongTheSpare) {
  for (const int threads : {1, 2, 4})
    for (const std::int64_t shards : {1, 3, 40}) {
      Arena arena(threads);
      std::vector<std::atomic<int>> calls(static_cast<std::size_t>(shards * 50));
      arena.for_each(shards, [&](std::int64_t shard) {
        EXPECT_EQ(Arena::sharers(), shards < threads ? threads : 1);
        Arena::share(50, [&](std::int64_t i) { ++calls[shard * 50 + i]; });
      });
      for (const std::atomic<int>& n : calls) EXPECT_EQ(n, 1);
      arena.once_as_of(shards,
                       [&] { EXPECT_EQ(Arena::sharers(), shards < threads ? threads : 1); });
    }
  EXPECT_EQ(Arena::sharers(), 1);
}

TEST(Arena, WhoSharesTakesUpNothingElse) {
  Arena arena(8);
  std::vector<std::atomic<int>> busy(8);
  std::atomic<bool> sound = true;
  const auto spin = [](std::int64_t) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(50);
    while (std::chrono::steady_clock::now() < end) continue;
  };
  for (int round = 0; round < 20; ++round)
    arena.for_each(7, [&](std::int64_t) {
      const auto worker = static_cast<std::size_t>(Arena::worker());
      if (busy[worker]++ != 0) sound = false;
      Arena::share(8, spin);
      --busy[worker];
    });
  EXPECT_TRUE(sound);
}

TEST(Arena, RethrowsAndSurvives) {
  Arena arena(2);
  const auto fail_at_7 = [](std::int64_t i) {
    if (i == 7) throw std::runtime_error("seven");
  };
  EXPECT_THROW(arena.for_each(100, fail_at_7), std::runtime_error);
  std::atomic<int> calls = 0;
  arena.for_each(100, [&](std::int64_t) { ++calls; });
  EXPECT_EQ(calls, 100);
}

}  // namespace
}  // namespace karnin
