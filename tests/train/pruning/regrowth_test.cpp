#include "train/pruning/regrowth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace karnin {
namespace {

using testing::ElementsAre;

/// Two layers of 4 and 2 weights; the first has three pruned, the second both.
Model two_layers() {
  Model model = make_model(
      make_chain("n", {4, 1, 1}, {{"fc1", FullyConnected{1}}, {"fc2", FullyConnected{2}}}));
  model.parameters[0].mask = {0, 0, 1, 0};
  model.parameters[0].value.data()[2] = 5;
  model.parameters[2].mask = {0, 0};
  return model;
}

const std::vector<std::vector<double>> kGradients{{0.5, -2, 9, 2}, {}, {0.1, -3}, {}};

PruneOptions options_of(Scope scope) {
  PruneOptions options;
  options.scope = scope;
  options.layers = {"fc1", "fc2"};
  return options;
}

TEST(Regrowth, BringsBackTheSteepestOfEachLayer) {
  Model model = two_layers();
  regrow(model, options_of(Scope::layer), 0.5, kGradients);
  // Two of four stay; of the equal gradients -2 and 2 the first is back.
  EXPECT_THAT(model.parameters[0].mask, ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(model.parameters[2].mask, ElementsAre(0, 1));
  EXPECT_EQ(model.parameters[0].value.data()[1], 0);
  EXPECT_EQ(model.parameters[0].value.data()[2], 5);
}

TEST(Regrowth, OrOfAllLayersTogether) {
  Model model = two_layers();
  regrow(model, options_of(Scope::global), 0.5, kGradients);  // three of six stay
  EXPECT_THAT(model.parameters[0].mask, ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(model.parameters[2].mask, ElementsAre(0, 1));
}

TEST(Regrowth, DoesNothingWhereLessIsPruned) {
  Model model = two_layers();
  regrow(model, options_of(Scope::layer), 1, kGradients);
  EXPECT_EQ(model, two_layers());
}

}  // namespace
}  // namespace karnin
