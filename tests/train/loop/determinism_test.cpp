// The same bits for any number of threads: in the weights, in the losses and in what an observer
// recorded.
#include <gtest/gtest.h>

#include "tests/support/bright_squares.h"
#include "tests/support/isa_level.h"
#include "tests/support/small_network.h"
#include "train/loop/initialise.h"
#include "train/loop/trainer.h"
#include "train/pruning/recorder.h"

namespace karnin {
namespace {

constexpr Extent kInputExtent{3, 14, 14};
constexpr std::int64_t kLabels = 5;

struct Outcome {
  Model model;
  std::vector<double> losses;
  std::vector<Sensitivity> sensitivities;
  bool operator==(const Outcome&) const = default;
};

Outcome train(int threads, std::int64_t batch, const Graph& graph, std::uint64_t seed = 1) {
  const ImageSet images = test::bright_squares(kInputExtent, kLabels, 150, 9);
  Outcome outcome;
  outcome.model = make_model(graph);
  initialise(outcome.model, seed);
  TrainOptions options;
  options.epochs = 2;
  options.batch = batch;
  options.sgd = {0.9, 5e-4, true};
  options.schedule.learning_rate = 0.02;
  options.augmentation = {true, 2};
  options.seed = seed;
  options.threads = threads;
  Trainer trainer(outcome.model, images, options);
  SensitivityRecorder recorder;
  trainer.attach(recorder);
  for (std::int64_t epoch = 0; epoch < options.epochs; ++epoch)
    trainer.run_epoch([&](const StepReport& report) {
      outcome.losses.push_back(report.loss);
      return false;
    });
  outcome.sensitivities = recorder.sensitivities(outcome.model);
  return outcome;
}

Outcome train(int threads, std::int64_t batch, float dropout, std::uint64_t seed = 1) {
  return train(threads, batch, test::small_network(kInputExtent, kLabels, dropout), seed);
}

// Batches of 4 (two shards), 37 (two shard sizes, and a last batch of 2) and 150 (one step).
TEST(Determinism, ThreadsDoNotChangeABit) {
  for (const std::int64_t batch : {4, 37, 150}) {
    const Outcome expected = train(1, batch, 0.25F);
    for (const int threads : {2, 3, 8})
      EXPECT_TRUE(train(threads, batch, 0.25F) == expected)
          << threads << " threads, batch " << batch;
  }
}

TEST(Determinism, HoldsWithoutDropoutToo) { EXPECT_TRUE(train(1, 37, 0) == train(3, 37, 0)); }

/// Of 150 images: last ghost batches of 2, of 3 in a batch of 3 and of 6 beside whole ones.
TEST(Determinism, HoldsForWhatBatchNormMeasures) {
  Graph graph = make_graph("norms", kInputExtent);
  append(graph, "conv", Conv2d{.oc = 6, .kh = 3, .kw = 3, .ph = 1, .pw = 1});
  const NodeId stem = append(graph, "norm1", BatchNorm{});
  append(graph, "depthwise", Conv2d{.oc = 6, .kh = 3, .kw = 3, .ph = 1, .pw = 1, .groups = 6});
  const NodeId branch = append(graph, "norm2", BatchNorm{});
  append(graph, "sum", Add{}, {stem, branch});
  append(graph, "relu", Relu{});
  append(graph, "pool", Pool2d{});
  append(graph, "fc", FullyConnected{kLabels});
  append(graph, "norm3", BatchNorm{});
  for (const std::int64_t batch : {4, 49, 150}) {
    const Outcome expected = train(1, batch, graph);
    for (const int threads : {2, 3, 8})
      EXPECT_TRUE(train(threads, batch, graph) == expected)
          << threads << " threads, batch " << batch;
  }
}

TEST(Determinism, AnotherSeedIsAnotherRun) {
  EXPECT_FALSE(train(2, 37, 0.25F, 1).model == train(2, 37, 0.25F, 2).model);
}

}  // namespace
}  // namespace karnin
