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

constexpr Extent kExtent{3, 14, 14};
constexpr std::int64_t kClasses = 5;

struct Outcome {
  Model model;
  std::vector<double> losses;
  std::vector<Sensitivity> sensitivities;
  bool operator==(const Outcome&) const = default;
};

Outcome train(int threads, std::int64_t batch, float dropout, std::uint64_t seed = 1) {
  const ImageSet images = test::bright_squares(kExtent, kClasses, 150, 9);
  Outcome outcome;
  outcome.model = make_model(test::small_network(kExtent, kClasses, dropout));
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

TEST(Determinism, AnotherSeedIsAnotherRun) {
  EXPECT_FALSE(train(2, 37, 0.25F, 1).model == train(2, 37, 0.25F, 2).model);
}

}  // namespace
}  // namespace karnin
