#include "runtime/engine/shard_images.h"

#include <gtest/gtest.h>

#include <set>

#include "runtime/engine/engine.h"
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

TEST(ShardImages, OfSeveralSizesRaceUnlessSomethingIsPinned) {
  const auto sizes = [](const EngineOptions& options) {
    std::set<std::int64_t> raced;
    const Engine engine(test::golden_model(), options);
    for (const Plan::Timing& timing : engine.plan().timings) raced.insert(timing.images);
    EXPECT_TRUE(raced.empty() || raced.contains(engine.plan().images));
    return raced;
  };
  EXPECT_EQ(sizes({.batch = 32, .threads = 1}), (std::set<std::int64_t>{1, full_lanes(), 16}));
  EXPECT_EQ(sizes({.batch = 1, .threads = 1}), (std::set<std::int64_t>{1}));
  EXPECT_TRUE(sizes({.batch = 32, .threads = 1, .domain = Domain::lanes}).empty());
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
