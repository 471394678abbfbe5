#include "runtime/engine/plan.h"

#include <gmock/gmock.h>

#include <algorithm>
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

TEST(Plan, GatheringIsForAFewImagesOutsideLanes) {
  using testing::Contains, testing::Not;
  const auto gathers = Contains(FcKernel::sparse_gather);
  EXPECT_THAT(fc_candidates(Domain::onednn, 1, true), gathers);
  EXPECT_THAT(fc_candidates(Domain::onednn, 16, true), Not(gathers));
  EXPECT_THAT(fc_candidates(Domain::lanes, 1, true), Not(gathers));
  EXPECT_THAT(fc_candidates(Domain::onednn, 1, false), Not(gathers));
}

TEST(Plan, SparseKernelsWinOnlyIfTheyAreWellAhead) {
  using enum FcKernel;
  const auto of = [](double dense_us, double onednn_us, double lanes_us, double gather_us) {
    const std::vector<FcChoice::Timing> timings{{dense, dense_us},
                                                {onednn, onednn_us},
                                                {sparse_lanes, lanes_us},
                                                {sparse_gather, gather_us}};
    return winner(timings);
  };
  EXPECT_EQ(of(100, 101, 96, 97), dense);
  EXPECT_EQ(of(101, 100, 96, 97), onednn);
  EXPECT_EQ(of(100, 101, 94, 97), sparse_lanes);
  EXPECT_EQ(of(100, 101, 94, 93), sparse_gather);
  EXPECT_EQ(of(100, 95, 94, 93), onednn);
}

TEST(Plan, TheRaceKeepsTheWinner) {
  Model model = golden_model();
  prune_matrices(model, 0.9);
  for (const FcChoice& choice : plan_kernels(model, {4, {}, true})) {
    EXPECT_EQ(choice.timings.size(), 4U) << choice.layer;
    EXPECT_EQ(choice.kernel, winner(choice.timings)) << choice.layer;
  }
}

TEST(Plan, DenseKernelsDoNotRaceWhereNearlyAllOfManyWeightsAreGone) {
  Model model = make_model(make_chain(
      "many", {1024, 1, 1}, {{"large", FullyConnected{1024}}, {"small", FullyConnected{1023}}}));
  for (Parameter& parameter : model.parameters) std::ranges::fill(parameter.value.span(), 1.0F);
  const auto timed = [&](double sparsity) {
    prune_matrices(model, sparsity);
    std::vector<std::vector<FcKernel>> kernels;
    for (const FcChoice& choice : plan_kernels(model, {16, {}, true})) {
      kernels.emplace_back();
      for (const FcChoice::Timing& timing : choice.timings) kernels.back().push_back(timing.kernel);
    }
    return kernels;
  };
  using enum FcKernel;
  const auto all = testing::ElementsAre(dense, onednn, sparse_lanes);
  EXPECT_THAT(timed(0.88), testing::ElementsAre(all, all));
  EXPECT_THAT(timed(0.9), testing::ElementsAre(testing::ElementsAre(sparse_lanes), all));
}

TEST(Plan, SparseKernelsDoNotRaceOnDenseLayers) {
  for (const FcChoice& choice : plan_kernels(golden_model(), {4, {}, true}))
    EXPECT_EQ(choice.timings.size(), 2U) << choice.layer;
}

TEST(Plan, InLanesOnlyKernelsThatExistThereRace) {
  Model model = golden_model();
  prune_matrices(model, 0.9);
  for (const FcChoice& choice : plan_kernels(model, {16, {}, true, Domain::lanes})) {
    std::vector<FcKernel> timed;
    for (const FcChoice::Timing& timing : choice.timings) timed.push_back(timing.kernel);
    EXPECT_THAT(timed, testing::ElementsAre(FcKernel::dense, FcKernel::sparse_lanes));
  }
}

bool is_mix(const Domains& domains) {
  return std::ranges::none_of(kAllDomains, [&](Domain domain) { return domains == domain; });
}

TEST(Plan, TheFastestChainIsTakenUnlessThereIsAMix) {
  for (const std::int64_t images : {1, 16}) {
    const Plan plan = plan_program(golden_model(), {images, {}, true, {}});
    std::vector<Domains> raced;
    double best = plan.timings.front().microseconds, kept = -1;
    for (const auto& [domain, microseconds, shard] : plan.timings) {
      EXPECT_EQ(shard, images);
      raced.push_back(domain);
      if (!is_mix(domain)) best = std::min(best, microseconds);
      if (domain == plan.domain) kept = microseconds;
    }
    EXPECT_THAT(raced, testing::IsSupersetOf({Domain::onednn, Domain::planes}));
    EXPECT_EQ(std::ranges::count(raced, Domain::lanes), lane_use(images) >= 0.25 ? 1 : 0);
    // A mix was in another race.
    if (is_mix(plan.domain))
      EXPECT_EQ(plan.domain, raced.back());
    else
      EXPECT_EQ(kept, best);
    EXPECT_EQ(plan.kernels.size(), 3U);
  }
}

TEST(Plan, WithoutARaceTheChainFollowsFromTheShardSize) {
  EXPECT_EQ(plan_program(golden_model(), {1, {}, false, {}}).domain, Domain::planes);
  EXPECT_EQ(plan_program(golden_model(), {16, {}, false, {}}).domain, Domain::lanes);
  EXPECT_TRUE(plan_program(golden_model(), {16, {}, false, {}}).timings.empty());
}

TEST(Plan, AChainCanBePinnedItselfOrByAKernelThatItAloneHas) {
  const Model model = golden_model();
  EXPECT_EQ(plan_program(model, {1, {}, true, Domain::lanes}).domain, Domain::lanes);
  EXPECT_EQ(plan_program(model, {16, {}, true, Domain::onednn}).domain, Domain::onednn);
  for (const FcKernel kernel : {FcKernel::onednn, FcKernel::sparse_gather})
    EXPECT_EQ(plan_program(model, {16, kernel, false, {}}).domain, Domain::onednn);
  EXPECT_EQ(plan_program(model, {16, FcKernel::sparse_lanes, false, {}}).domain, Domain::lanes);
}

TEST(Plan, APinnedKernelIsTaken) {
  const auto choices = plan_kernels(golden_model(), {4, FcKernel::sparse_gather, true});
  EXPECT_THAT(kernels_of(choices), testing::Each(FcKernel::sparse_gather));
  EXPECT_TRUE(choices[0].timings.empty());
}

}  // namespace
}  // namespace karnin
