#include "train/experiments/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "runtime/core/error.h"
#include "tests/support/trained_network.h"
#include "train/experiments/tuned_sweep.h"
#include "train/pruning/recorder.h"

namespace karnin {
namespace {

ImageSet sixty_images() {
  return test::bright_squares(test::kSmallExtent, test::kSmallClasses, 60, 4);
}

SweepOptions options() {
  SweepOptions sweep;
  sweep.methods = {PruneMethod::karnin, PruneMethod::random};
  sweep.values = {0, 0.5, 0.9};
  sweep.prune.layers = {"fc1"};
  return sweep;
}

std::vector<Series> swept(const Model& model, const SweepOptions& options) {
  SweepOutcomes outcomes(points_of(options).size());
  sweep(model, sixty_images(), options, outcomes, {});
  return found_series(options, outcomes);
}

std::string csv_of(const Model& model, const SweepOptions& options) {
  return sweep_csv({{"model.bin", swept(model, options)}}, options);
}

/// A watcher that stops as soon as it has been told of so many points.
Watcher stopping_after(int points) {
  const auto told = std::make_shared<std::atomic<int>>(0);
  return {[told](double, const Watcher::Words&) { ++*told; },
          [told, points] { return *told >= points; },
          {},
          {}};
}

std::size_t found_in(const SweepOutcomes& outcomes) {
  return static_cast<std::size_t>(
      std::ranges::count_if(outcomes, [](const auto& outcome) { return outcome.has_value(); }));
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
  const auto all = swept(model, options());
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
  const std::string expected = csv_of(model, sweep_options);
  for (const int threads : {2, 4}) {
    sweep_options.threads = threads;
    EXPECT_EQ(csv_of(model, sweep_options), expected);
  }
  EXPECT_THAT(expected, testing::StartsWith("model,method,sparsity,accuracy_percent,correct,"
                                            "removed,removed_fc1\nmodel.bin,karnin,0,"));
  EXPECT_EQ(std::ranges::count(expected, '\n'), 7);
}

TEST(Sweep, ThresholdsOfRandomScoresAreShares) {
  const Model model = test::trained_network();
  SweepOptions sweep_options = options();
  sweep_options.are_thresholds = true;
  const auto all = swept(model, sweep_options);
  const auto& report = all[1].outcomes[1].report.layers[0];
  const auto n = static_cast<double>(report.weights);
  // Uniform scores: four standard deviations of a binomial share.
  EXPECT_NEAR(static_cast<double>(report.removed) / n, 0.5, 4 * 0.5 / std::sqrt(n));
}

TEST(Sweep, KnowsWhatAModelCanBePrunedBy) {
  Model model = test::trained_network();
  EXPECT_EQ(methods_for(model).size(), kSensitivityMethods.size() + 3);
  model.sensitivities.clear();
  EXPECT_THAT(methods_for(model),
              testing::ElementsAre(PruneMethod::magnitude, PruneMethod::lamp, PruneMethod::random));
}

/// Worked out by hand: 40 and 60 % are 50 with a deviation of the sample of 14.14.
TEST(Sweep, SeveralModelsGiveMeansAndBands) {
  const auto one = [](std::int64_t right) {
    ConfusionMatrix confusion(2);
    for (std::int64_t i = 0; i < 5; ++i)
      confusion.add(std::vector<std::uint8_t>{0},
                    std::vector<std::uint8_t>{static_cast<std::uint8_t>(i < right ? 0 : 1)});
    return std::vector<Series>{{"magnitude", {0.5}, {{{}, confusion}}}};
  };
  const std::vector<ModelSweep> all{{"a.bin", one(2)}, {"b.bin", one(3)}};
  EXPECT_DOUBLE_EQ(accuracy_spread(all, 0, 0).mean, 50);
  EXPECT_NEAR(accuracy_spread(all, 0, 0).sd, 14.142, 1e-3);
  const Plot plot = sweep_plot(all, options());
  ASSERT_EQ(plot.lines.size(), 1U);
  EXPECT_TRUE(plot.lines[0].band);
  EXPECT_NEAR(plot.lines[0].points[0].high, 64.142, 1e-3);
}

/// Training the rest on makes up for what pruning cost, and nothing of it depends on the threads.
TEST(TunedSweep, RecoversAndIsTheSameForAnyNumberOfThreads) {
  const Model model = test::trained_network();
  Dataset dataset;
  dataset.train = test::bright_squares(test::kSmallExtent, test::kSmallClasses, 200, 5);
  dataset.test = sixty_images();
  SweepOptions sweep_options = options();
  sweep_options.methods = {PruneMethod::random};
  TrainOptions tuning;
  tuning.epochs = 4;
  tuning.batch = 8;
  tuning.schedule.learning_rate = 0.01;
  std::vector<std::string> texts;
  for (const int threads : {1, 3}) {
    sweep_options.threads = threads;
    SweepOutcomes outcomes(points_of(sweep_options).size());
    tuned_sweep(model, dataset, sweep_options, tuning, outcomes, {});
    const auto tuned = found_series(sweep_options, outcomes);
    texts.push_back(sweep_csv({{"model.bin", tuned}}, sweep_options));
    const auto bare = swept(model, sweep_options);
    EXPECT_GT(tuned[0].outcomes[2].confusion.accuracy(), bare[0].outcomes[2].confusion.accuracy());
  }
  EXPECT_EQ(texts[0], texts[1]);
}

TEST(TunedSweep, EndsWhenItIsStopped) {
  Dataset dataset;
  dataset.train = dataset.test = sixty_images();
  Watcher watcher;
  watcher.stop = [] { return true; };
  SweepOutcomes outcomes(points_of(options()).size());
  tuned_sweep(test::trained_network(), dataset, options(), {}, outcomes, watcher);
  EXPECT_EQ(found_in(outcomes), 0U);
}

/// What was found by then is kept as it is, and the rest comes out as if nothing had happened.
TEST(TunedSweep, GoesOnWhereItWasStopped) {
  const Model model = test::trained_network();
  Dataset dataset;
  dataset.train = dataset.test = sixty_images();
  const SweepOptions sweep_options = options();
  TrainOptions tuning;
  tuning.epochs = 1;
  SweepOutcomes straight(points_of(sweep_options).size()), outcomes = straight;
  tuned_sweep(model, dataset, sweep_options, tuning, straight, {});
  tuned_sweep(model, dataset, sweep_options, tuning, outcomes, stopping_after(2));
  EXPECT_GE(found_in(outcomes), 2U);
  EXPECT_LT(found_in(outcomes), outcomes.size());
  tuned_sweep(model, dataset, sweep_options, tuning, outcomes, {});
  EXPECT_EQ(sweep_csv({{"m", found_series(sweep_options, outcomes)}}, sweep_options),
            sweep_csv({{"m", found_series(sweep_options, straight)}}, sweep_options));
}

TEST(Sweep, GoesOnWhereItWasStopped) {
  const Model model = test::trained_network();
  SweepOptions sweep_options = options();
  sweep_options.threads = 2;
  const std::string straight = csv_of(model, sweep_options);
  SweepOutcomes outcomes(points_of(sweep_options).size());
  std::size_t found = 0;
  while (found < outcomes.size()) {
    sweep(model, sixty_images(), sweep_options, outcomes, stopping_after(1));
    ASSERT_GT(found_in(outcomes), found);
    found = found_in(outcomes);
    const std::string csv =
        sweep_csv({{"model.bin", found_series(sweep_options, outcomes)}}, sweep_options);
    EXPECT_EQ(std::ranges::count(csv, '\n'), found + 1);
  }
  EXPECT_EQ(sweep_csv({{"model.bin", found_series(sweep_options, outcomes)}}, sweep_options),
            straight);
}

TEST(Sweep, RefusesNothingToDo) {
  const Model model = test::trained_network();
  SweepOptions none = options();
  none.methods.clear();
  EXPECT_THROW(swept(model, none), ArgumentError);
  none = options();
  none.values.clear();
  EXPECT_THROW(swept(model, none), ArgumentError);
  none.values = {1.5};
  EXPECT_THROW(swept(model, none), ArgumentError);
}

}  // namespace
}  // namespace karnin
