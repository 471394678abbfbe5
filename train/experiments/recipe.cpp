#include "train/experiments/recipe.h"

#include "runtime/graph/networks.h"

namespace karnin {
namespace {

constexpr float kDropoutRate = 0.5F;

/// A dropout node behind each of these nodes.
Graph with_dropout(const Graph& plain, const std::vector<std::string>& behind) {
  Graph result = make_graph(plain.name + "-dropout", input_extent(plain));
  for (const Node& node : plain.nodes) {
    if (is<Input>(node.op)) continue;
    append(result, node.name, node.op);
    for (const std::string& name : behind)
      if (name == node.name) append(result, "dropout-" + name, Dropout{kDropoutRate});
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
  recipe.graph = with_dropout(recipe.graph, {"relu3", "relu4"});
  return recipe;
}

}  // namespace karnin
