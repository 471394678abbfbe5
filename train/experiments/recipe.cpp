#include "train/experiments/recipe.h"

#include <utility>

#include "runtime/core/networks.h"

namespace karnin {
namespace {

constexpr float kDropoutRate = 0.5F;

/// A dropout node behind each of these nodes.
Architecture with_dropout(const Architecture& plain, const std::vector<std::string>& behind) {
  Architecture result{plain.name + "-dropout", plain.input, {}};
  const auto add = [&](std::string name, LayerSpec spec) {
    const int index = static_cast<int>(result.nodes.size());
    result.nodes.push_back({std::move(name), spec, {index - 1}});
  };
  for (const Node& node : plain.nodes) {
    add(node.name, node.spec);
    for (const std::string& name : behind)
      if (name == node.name) add("dropout-" + name, Dropout{kDropoutRate});
  }
  return result;
}

}  // namespace

TrainOptions paper_training() {
  TrainOptions train;
  train.epochs = 2;
  train.batch = 4;
  train.sgd = {.momentum = 0.9, .weight_decay = 0, .nesterov = false};
  train.schedule = {.kind = ScheduleKind::constant, .learning_rate = 0.001};
  return train;
}

Recipe paper_recipe(const Dataset& dataset, std::uint64_t seed) {
  Recipe recipe{"base",
                khanal2018(dataset.train.extent, static_cast<std::int64_t>(dataset.classes.size())),
                paper_training()};
  recipe.train.seed = seed;
  return recipe;
}

Recipe dropout_recipe(const Dataset& dataset, std::uint64_t seed) {
  Recipe recipe = paper_recipe(dataset, seed);
  recipe.name = "dropout";
  // The rectifiers of FC1 and FC2.
  recipe.architecture = with_dropout(recipe.architecture, {"relu3", "relu4"});
  return recipe;
}

}  // namespace karnin
