// A small training that prunes, and what it may be asked for.
#pragma once

#include "tests/support/bright_squares.h"
#include "tests/support/small_network.h"
#include "train/loop/initialise.h"
#include "train/pruning/training_pruner.h"

namespace karnin::test {

inline constexpr Extent kPrunedExtent{1, 14, 14};
inline constexpr std::int64_t kPrunedClasses = 4;
inline constexpr std::size_t kPrunedFc1 = 2;  // index of its weights

inline Model dense_model() {
  Model model = make_model(small_network(kPrunedExtent, kPrunedClasses));
  initialise(model, 1);
  return model;
}

inline const ImageSet& images() {
  static const ImageSet set = bright_squares(kPrunedExtent, kPrunedClasses, 128, 4);
  return set;
}

inline TrainOptions options_of(std::int64_t epochs) {
  TrainOptions options;
  options.epochs = epochs;
  options.batch = 16;
  options.schedule.learning_rate = 0.02;
  options.threads = 2;
  return options;
}

inline TrainingPruning pruning_to(double sparsity, Growth growth = Growth::none) {
  TrainingPruning pruning;
  pruning.choice.method = PruneMethod::magnitude;
  pruning.choice.until = Sparsity{sparsity};
  pruning.choice.layers = {"fc1"};
  pruning.growth = growth;
  return pruning;
}

/// A run that looks at the model after every step.
struct PrunedRun {
  PrunedRun(const TrainingPruning& pruning, std::int64_t epochs)
      : PrunedRun(pruning, options_of(epochs)) {}
  PrunedRun(const TrainingPruning& pruning, const TrainOptions& options)
      : trainer(model, images(), options), pruner(model, trainer, pruning, options.epochs) {
    trainer.follow(pruner);
  }

  template <typename Look>
  void run(std::int64_t epochs, const Look& look) {
    for (std::int64_t epoch = 0; epoch < epochs; ++epoch)
      trainer.run_epoch([&](const StepReport& step) {
        look((step.epoch - 1) * step.steps + step.step);
        return false;
      });
  }

  Model model = dense_model();
  Trainer trainer;
  TrainingPruner pruner;
};

inline TrainingPruning rewinding(std::int64_t epoch) {
  TrainingPruning pruning = pruning_to(0.8);
  pruning.schedule = {.pace = PruningPace::rounds, .begin = 0.4, .rounds = 3};
  pruning.rewind_to = epoch;
  return pruning;
}

}  // namespace karnin::test
