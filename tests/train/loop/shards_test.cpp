#include "train/loop/shards.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/kernels/kernels.h"
#include "runtime/program/program.h"

namespace karnin {
namespace {

TEST(Shards, CoverTheBatchInOrderInTwoSizesAtMost) {
  for (std::int64_t images = 1; images <= 700; ++images) {
    const std::int64_t shards = shard_count(images);
    ASSERT_GE(shards, 1) << images;
    ASSERT_LE(shards, std::min(images, kMaxShards)) << images;
    const std::int64_t largest = shard_at(images, shards, 0).count;
    std::int64_t next = 0;
    std::int64_t previous = largest;
    for (std::int64_t i = 0; i < shards; ++i) {
      const Shard shard = shard_at(images, shards, i);
      ASSERT_EQ(shard.first, next) << images;
      ASSERT_GE(shard.count, std::max<std::int64_t>(largest - 1, 1)) << images;
      ASSERT_LE(shard.count, previous) << images;
      next += shard.count;
      previous = shard.count;
    }
    ASSERT_EQ(next, images);
  }
}

TEST(Shards, OneImageIsOneShardAndTwoKeepTwoCoresBusy) {
  EXPECT_EQ(shard_count(1), 1);
  EXPECT_EQ(shard_count(2), 2);
  EXPECT_EQ(shard_count(4), 2);
}

TEST(Shards, FillVectorsWithImages) {
  const std::int64_t lanes = kernels::active().lanes;
  for (std::int64_t images = 3 * lanes; images <= 700; ++images) {
    const std::int64_t shards = shard_count(images);
    for (const std::int64_t shard : {std::int64_t{0}, shards - 1})
      EXPECT_EQ(domain_rule(shard_at(images, shards, shard).count), Domain::lanes) << images;
  }
}

TEST(Shards, HoldWholeGhostBatches) {
  for (const std::int64_t ghost : {16, 32, 48})
    for (std::int64_t images = 1; images <= 5000; images += images < 200 ? 1 : 37) {
      const std::int64_t shards = shard_count(images, ghost);
      ASSERT_LE(shards, kMaxShards) << images;
      const std::int64_t size = shard_at(images, shards, 0, ghost).count;
      ASSERT_TRUE(size % ghost == 0 || (shards == 1 && size == images)) << images;
      std::int64_t next = 0;
      for (std::int64_t i = 0; i < shards; ++i) {
        const Shard shard = shard_at(images, shards, i, ghost);
        ASSERT_EQ(shard.first, next) << images;
        ASSERT_EQ(shard.count, std::min(size, images - next)) << images;
        next += shard.count;
      }
      ASSERT_EQ(next, images);
    }
}

TEST(Shards, AreOneGhostBatchEachWhereThatIsNotTooMany) {
  EXPECT_EQ(shard_count(96, 32), 3);
  EXPECT_EQ(shard_count(kMaxShards * 32, 32), kMaxShards);
  EXPECT_EQ(shard_at(kMaxShards * 32 + 1, kMaxShards, 0, 32).count, 64);
}

TEST(Shards, TheLargerOnesComeFirst) {
  EXPECT_EQ(shard_at(11, 4, 0), (Shard{0, 3}));
  EXPECT_EQ(shard_at(11, 4, 2), (Shard{6, 3}));
  EXPECT_EQ(shard_at(11, 4, 3), (Shard{9, 2}));
}

}  // namespace
}  // namespace karnin
