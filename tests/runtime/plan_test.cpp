#include "runtime/plan.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "runtime/core/error.h"
#include "tests/support/golden.h"
#include "tests/support/pruned_model.h"

namespace karnin {
namespace {

using test::golden_model;
using test::prune_matrices;

std::vector<FcKernel> kernels_of(const std::vector<FcChoice>& choices) {
  std::vector<FcKernel> kernels;
  for (const FcChoice& choice : choices) kernels.push_back(choice.kernel);
  return kernels;
}

TEST(Plan, NamesEveryFullyConnectedLayerInOrder) {
  const auto choices = plan_kernels(golden_model(), {8, {}, false});
  ASSERT_EQ(choices.size(), 3U);
  EXPECT_EQ(choices[0].layer, "fc1");
  EXPECT_EQ(choices[2].layer, "fc3");
}

TEST(Plan, TheRuleFollowsSparsityAndShardSize) {
  Model model = golden_model();
  EXPECT_THAT(kernels_of(plan_kernels(model, {16, {}, false})), testing::Each(FcKernel::dense));
  prune_matrices(model, 0.95);
  EXPECT_THAT(kernels_of(plan_kernels(model, {16, {}, false})),
              testing::Each(FcKernel::sparse_lanes));
  EXPECT_THAT(kernels_of(plan_kernels(model, {1, {}, false})),
              testing::Each(FcKernel::sparse_gather));
}

TEST(Plan, TheRaceKeepsTheFastestThatItTimed) {
  Model model = golden_model();
  prune_matrices(model, 0.9);
  for (const FcChoice& choice : plan_kernels(model, {16, {}, true})) {
    ASSERT_EQ(choice.timings.size(), 4U) << choice.layer;
    double best = choice.timings[0].microseconds, kept = -1;
    for (const FcChoice::Timing& timing : choice.timings) {
      best = std::min(best, timing.microseconds);
      if (timing.kernel == choice.kernel) kept = timing.microseconds;
    }
    EXPECT_EQ(kept, best) << choice.layer;
  }
}

TEST(Plan, SparseKernelsDoNotRaceOnDenseLayers) {
  for (const FcChoice& choice : plan_kernels(golden_model(), {4, {}, true}))
    EXPECT_EQ(choice.timings.size(), 2U) << choice.layer;
}

TEST(Plan, APinnedKernelIsTaken) {
  const auto choices = plan_kernels(golden_model(), {4, FcKernel::sparse_gather, true});
  EXPECT_THAT(kernels_of(choices), testing::Each(FcKernel::sparse_gather));
  EXPECT_TRUE(choices[0].timings.empty());
}

TEST(Plan, TheEnvironmentPinsAndIsChecked) {
  ASSERT_EQ(setenv("KARNIN_KERNEL", "sparse-lanes", 1), 0);
  EXPECT_THAT(kernels_of(plan_kernels(golden_model(), {4, {}, true})),
              testing::Each(FcKernel::sparse_lanes));
  ASSERT_EQ(setenv("KARNIN_KERNEL", "fastest-please", 1), 0);
  EXPECT_THROW(plan_kernels(golden_model(), {4, {}, true}), ArgumentError);
  unsetenv("KARNIN_KERNEL");
}

}  // namespace
}  // namespace karnin
