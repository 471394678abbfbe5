// The whole of it on a few images: the same bytes for any number of threads, and from where it was
// stopped.
#include "train/experiments/reproduction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "formats/model/model_file.h"
#include "runtime/core/error.h"
#include "tests/support/bright_squares.h"
#include "tests/support/temporary_directory.h"
#include "train/experiments/report_tables.h"
#include "train/experiments/result_files.h"
#include "train/loop/initialise.h"

namespace karnin {
namespace {

Dataset squares() {
  Dataset dataset{"squares", "", "", {}, {}, {}};
  for (int c = 0; c < 10; ++c) dataset.classes.push_back("class" + std::to_string(c));
  dataset.train = test::bright_squares({1, 32, 32}, 10, 90, 1);
  dataset.test = test::bright_squares({1, 32, 32}, 10, 40, 2);
  return dataset;
}

ReproductionOptions options(const std::filesystem::path& directory, int threads) {
  return {.seeds = 2, .threads = threads, .networks = directory};
}

std::string all_text(const Reproduction& results, const Dataset& dataset) {
  std::string text;
  for (const ResultFile& file : result_files())
    text += std::string(file.name) + "\n" + file.text(results, dataset);
  return text;
}

/// One thread, nothing interrupted: made once, for all tests.
const Reproduction& serial_run() {
  static const Reproduction kResults = [] {
    const test::TemporaryDirectory directory;
    return reproduce(squares(), options(directory.path(), 1), {});
  }();
  return kResults;
}

TEST(Reproduction, GivesTheSameBytesForAnyNumberOfThreads) {
  const Dataset dataset = squares();
  const test::TemporaryDirectory directory;
  // More threads than a round of networks has: some train with two each.
  EXPECT_EQ(all_text(reproduce(dataset, options(directory.path(), 5), {}), dataset),
            all_text(serial_run(), dataset));
}

TEST(Reproduction, GoesOnFromTheNetworksThatAreDone) {
  const Dataset dataset = squares();
  const test::TemporaryDirectory directory;
  std::atomic<int> polls = 0;
  // A network asks six times, before and after each epoch and around all: stopped in the second.
  Watcher impatient;
  impatient.stop = [&] { return ++polls > 8; };
  const Reproduction stopped = reproduce(dataset, options(directory.path(), 1), impatient);
  EXPECT_TRUE(stopped.interrupted);
  EXPECT_THAT(directory.entries(), testing::ElementsAre("base-1.bin"));
  const auto before = test::read_bytes(directory / "base-1.bin");
  const auto written = std::filesystem::last_write_time(directory / "base-1.bin");

  const Reproduction resumed = reproduce(dataset, options(directory.path(), 2), {});
  EXPECT_FALSE(resumed.interrupted);
  EXPECT_EQ(std::filesystem::last_write_time(directory / "base-1.bin"), written);
  EXPECT_EQ(test::read_bytes(directory / "base-1.bin"), before);
  EXPECT_EQ(all_text(resumed, dataset), all_text(serial_run(), dataset));
}

TEST(Reproduction, HoldsWhatThePaperHolds) {
  const Dataset dataset = squares();
  const Reproduction& results = serial_run();
  ASSERT_EQ(results.paper.size(), 2U);
  EXPECT_EQ(results.dropout.size(), 2U);
  EXPECT_EQ(results.readings.size(), 4U);
  const Measurements& m = results.paper[0];
  EXPECT_EQ(m.base.images(), dataset.test.size());
  for (const Series& series : m.thresholds) EXPECT_EQ(series.outcomes.size(), 20U) << series.name;
  EXPECT_EQ(m.sparsities.size(), 7U);
  EXPECT_EQ(m.train.size(), 3U);
  EXPECT_EQ(m.train[0].images(), dataset.train.size());
  const PruneReport& karnin = at_first_threshold(m, "karnin-sgd").report;
  EXPECT_EQ(removed(series_named(m.controls, "random-same-count").outcomes[0].report),
            removed(karnin));
  EXPECT_EQ(series_named(m.controls, "shuffled").outcomes[0].report.layers, karnin.layers);
  // Every score lies in one bin, and what lies below 0.45 is what the threshold removes.
  for (std::size_t layer = 0; layer < 2; ++layer) {
    const ScoreDistribution& scores = m.scores[layer];
    std::int64_t all = 0;
    std::int64_t below = 0;
    for (std::size_t bin = 0; bin < scores.counts.size(); ++bin) {
      all += scores.counts[bin];
      if (bin < 45) below += scores.counts[bin];
    }
    EXPECT_EQ(all, karnin.layers[layer].weights);
    EXPECT_EQ(below, karnin.layers[layer].removed);
  }
}

TEST(Reproduction, OneSeedLeavesTheCellOfItsDeviationEmpty) {
  Reproduction one = serial_run();
  one.paper.resize(1);
  one.dropout.resize(1);
  EXPECT_THAT(result_files()[2].text(one, squares()),
              testing::ContainsRegex("\nall,,[0-9.]+,,[0-9.]+,,[0-9.]+\n"));
}

/// Two test images, of classes 0 and 1: nothing is known of the other eight.
TEST(Reproduction, SaysNothingOfClassesWithoutImages) {
  Reproduction results = serial_run();
  ConfusionMatrix two(10);
  two.add(std::vector<std::uint8_t>{0, 1}, std::vector<std::uint8_t>{0, 9});
  for (auto* networks : {&results.paper, &results.dropout})
    for (Measurements& m : *networks) m.base = two;
  const Dataset dataset = squares();
  const std::string csv = result_files()[2].text(results, dataset);
  EXPECT_THAT(csv, testing::HasSubstr("\nclass1,,0.0000,0.0000,0.0000,0.0000,0.0000,0.0000\n"));
  EXPECT_THAT(csv, testing::HasSubstr("\nclass2,,,,,,,\n"));
  EXPECT_THAT(csv, testing::HasSubstr("\nclass9,,,,,,,\nall,,50.0000,"));
  const std::string html = class_table_html(results, dataset);
  EXPECT_THAT(html, testing::HasSubstr(">class1</th><td>–</td><td>0.0</td>"));
  EXPECT_THAT(html, testing::HasSubstr(">class2</th><td>–</td><td>–</td>"));
  const std::string matrix = matrix_html("base", {&results.paper[0].base}, dataset);
  EXPECT_THAT(matrix, testing::ContainsRegex(">class1</th><td[^>]*>0</td>"));
  EXPECT_THAT(matrix, testing::ContainsRegex(">class2</th><td[^>]*>–</td>"));
}

TEST(Reproduction, LossIsTheMeanOfItsWindows) {
  const Dataset dataset = squares();
  const std::vector<LossPoint>& loss = serial_run().paper[0].loss;
  ASSERT_EQ(loss.size(), 46U);  // 23 steps an epoch, a point each
  EXPECT_EQ(loss.back().images, 2 * dataset.train.size());
  Model model = make_model(paper_recipe(dataset, 1).graph);
  initialise(model, 1);
  Trainer trainer(model, dataset.train, paper_recipe(dataset, 1).train);
  const EpochReport epoch = trainer.run_epoch();
  double sum = 0;
  for (std::size_t i = 0; i < 23; ++i) sum += loss[i].loss * (i < 22 ? 4 : 2);
  EXPECT_NEAR(sum / 90, epoch.loss, 1e-9);
}

TEST(Reproduction, TrainsAnewWhatIsUnsoundOrOfOtherImages) {
  const Dataset dataset = squares();
  const test::TemporaryDirectory directory;
  const NetworkStore store(directory.path(), dataset);
  const std::vector<Recipe> recipes{paper_recipe(dataset, 1)};
  train_all(dataset, recipes, store, 1, {});
  ASSERT_TRUE(store.load(recipes[0]));
  Dataset other = dataset;
  other.train.pixels[0] ^= 1;
  EXPECT_FALSE(NetworkStore(directory.path(), other).load(recipes[0]));
  Recipe longer = recipes[0];
  longer.train.epochs = 3;
  EXPECT_FALSE(store.load(longer));
  EXPECT_FALSE(store.load(paper_recipe(dataset, 2)));
  test::write_text(directory / "base-1.bin", "not a model");
  EXPECT_FALSE(store.load(recipes[0]));
}

TEST(Reproduction, RefusesNoSeeds) {
  const Dataset dataset = squares();
  const test::TemporaryDirectory directory;
  ReproductionOptions none = options(directory.path(), 1);
  none.seeds = 0;
  EXPECT_THROW(reproduce(dataset, none, {}), ArgumentError);
}

}  // namespace
}  // namespace karnin
