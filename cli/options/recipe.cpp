#include "cli/options/recipe.h"

#include <string>

#include "train/experiments/recipe.h"

namespace karnin::cli {
namespace {

/// What was best on training images held out, for the paper's network on CIFAR-10.
TrainOptions best() {
  TrainOptions train;
  train.epochs = 120;
  train.batch = 64;
  train.sgd = {.momentum = 0.9, .weight_decay = 0.001, .nesterov = true};
  train.schedule = {.kind = ScheduleKind::one_cycle, .learning_rate = 0.03, .warmup = 0.2};
  return train;
}

}  // namespace

void add_recipe_option(Verb& verb, TrainingOptions& training, TrainingPruningOptions& pruning) {
  const auto apply = [&training, &pruning](const std::string& name) {
    if (name == "paper") {
      training.train = paper_training();
      training.augment.clear();
      return;
    }
    training.train = best();
    training.augment = {"flip", "shift"};
    training.shift = 2;
    pruning.pruning.choice.method = PruneMethod::lamp;
    pruning.pruning.choice.scope = Scope::global;
  };
  // Callbacks run in the order in which their options were added.
  verb.add_option_function<std::string>(
          "--recipe", apply,
          "Options that go together, of which others given besides replace single ones: the "
          "paper's, or those of the most accurate networks in docs/ACCURACY.md")
      ->type_name("paper|best")
      ->check(CLI::IsMember({"paper", "best"}));
}

}  // namespace karnin::cli
