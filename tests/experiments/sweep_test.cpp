#include "train/experiments/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/core/error.h"
#include "tests/support/trained_network.h"

namespace karnin {
namespace {

ImageSet test_images() {
  return test::bright_squares(test::kSmallExtent, test::kSmallClasses, 60, 4);
}

SweepOptions options() {
  SweepOptions sweep;
  sweep.methods = {PruneMethod::karnin, PruneMethod::random};
  sweep.values = {0, 0.5, 0.9};
  sweep.prune.layers = {"fc1"};
  return sweep;
}

TEST(EquallySpaced, IncludesBothEnds) {
  const std::vector<double> values = equally_spaced(0.45, 0.001, 20);
  ASSERT_EQ(values.size(), 20U);
  EXPECT_EQ(values.front(), 0.45);
  EXPECT_EQ(values.back(), 0.001);
  for (std::size_t i = 1; i < values.size(); ++i)
    EXPECT_NEAR(values[i - 1] - values[i], 0.449 / 19, 1e-11);
  EXPECT_EQ(equally_spaced(0.1, 0.9, 9)[2], 0.3);
}

TEST(Sweep, RemovesTheShareThatItIsAskedFor) {
  const Model model = test::trained_network();
  const auto all = sweep(model, test_images(), options());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "karnin");
  EXPECT_EQ(all[1].name, "random");
  const std::int64_t weights = all[0].outcomes[0].report.layers[0].weights;
  for (const Series& series : all)
    EXPECT_EQ(removed(series.outcomes[1].report), (weights + 1) / 2) << series.name;
  EXPECT_EQ(all[0].outcomes[0].confusion.correct(), all[1].outcomes[0].confusion.correct());
}

TEST(Sweep, GivesTheSameBytesForAnyNumberOfThreads) {
  const Model model = test::trained_network();
  SweepOptions sweep_options = options();
  sweep_options.threads = 1;
  const std::string expected = sweep_csv(sweep(model, test_images(), sweep_options), sweep_options);
  for (const int threads : {2, 4}) {
    sweep_options.threads = threads;
    EXPECT_EQ(sweep_csv(sweep(model, test_images(), sweep_options), sweep_options), expected);
  }
  EXPECT_THAT(expected,
              testing::StartsWith(
                  "method,sparsity,accuracy_percent,correct,removed,removed_fc1\nkarnin,0,"));
  EXPECT_EQ(std::ranges::count(expected, '\n'), 7);
}

TEST(Sweep, ThresholdsOfRandomScoresAreShares) {
  const Model model = test::trained_network();
  SweepOptions sweep_options = options();
  sweep_options.are_thresholds = true;
  const auto all = sweep(model, test_images(), sweep_options);
  const auto& report = all[1].outcomes[1].report.layers[0];
  const auto n = static_cast<double>(report.weights);
  // Uniform scores: four standard deviations of a binomial share.
  EXPECT_NEAR(static_cast<double>(report.removed) / n, 0.5, 4 * 0.5 / std::sqrt(n));
}

TEST(Sweep, KnowsWhatAModelCanBePrunedBy) {
  Model model = test::trained_network();
  EXPECT_EQ(methods_for(model).size(), 7U);
  model.sensitivities.clear();
  EXPECT_THAT(methods_for(model),
              testing::ElementsAre(PruneMethod::magnitude, PruneMethod::random));
}

TEST(Sweep, RefusesNothingToDo) {
  const Model model = test::trained_network();
  SweepOptions none = options();
  none.methods.clear();
  EXPECT_THROW(sweep(model, test_images(), none), ArgumentError);
  none = options();
  none.values.clear();
  EXPECT_THROW(sweep(model, test_images(), none), ArgumentError);
  none.values = {1.5};
  EXPECT_THROW(sweep(model, test_images(), none), ArgumentError);
}

}  // namespace
}  // namespace karnin
