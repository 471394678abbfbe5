#include "runtime/engine/shard_images.h"

#include <gtest/gtest.h>

#include "runtime/engine/kernel_race.h"
#include "tests/support/golden.h"
#include "tests/support/pruned_model.h"

namespace karnin {
namespace {

TEST(ShardImages, SixteenAtMostInTwoShardsAtLeast) {
  const Model model = test::golden_model();
  EXPECT_EQ(shard_images(model, 1), 1);
  EXPECT_EQ(shard_images(model, 2), 1);
  EXPECT_EQ(shard_images(model, 16), 8);
  EXPECT_EQ(shard_images(model, 17), 9);
  EXPECT_EQ(shard_images(model, 16, 1), 16);
  EXPECT_EQ(shard_images(model, 17, 1), 9);
  EXPECT_EQ(shard_images(model, 16, 4), 8);
  EXPECT_EQ(shard_images(model, 64), 16);
  EXPECT_EQ(shard_images(model, 1000), 16);
}

TEST(ShardImages, ManyWeightsOfSparsePerceptronsServeMore) {
  const Model model = fc_model(1024, 700, 0.9, 1);
  EXPECT_EQ(shard_images(model, 1), 1);
  EXPECT_EQ(shard_images(model, 16), 16);
  EXPECT_EQ(shard_images(model, 17), 9);
  EXPECT_EQ(shard_images(model, 64), 32);
  EXPECT_EQ(shard_images(model, 1000), 63);
}

TEST(ShardImages, NotThoseOfDenseOnesNorOfConvolutions) {
  EXPECT_EQ(shard_images(fc_model(1024, 700, 0.3, 1), 64), 16);
  EXPECT_EQ(shard_images(fc_model(64, 32, 0.9, 1), 64), 16) << "few weights";
  Model pruned = test::golden_model();
  test::prune_matrices(pruned, 0.95);
  EXPECT_EQ(shard_images(pruned, 64), 16);
}

}  // namespace
}  // namespace karnin
