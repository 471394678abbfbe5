#include "train/pruning/pruning_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "runtime/core/error.h"

namespace karnin {
namespace {

using Action = PruningSearch::Action;

PruningSearchOptions options() {
  return {.max_drop = 0.01, .first_share = 0.4, .last_share = 0.1, .patience = 1, .cooldown = 2};
}

/// Five weights, of which a mask may prune some.
Model five_weights(const std::vector<float>& values, Mask mask = {}) {
  Model model = make_model(make_chain("n", {5, 1, 1}, {{"fc", FullyConnected{1}}}));
  std::ranges::copy(values, model.parameters[0].value.data());
  model.parameters[0].mask = std::move(mask);
  return model;
}

TEST(PruningSearch, PrunesAsLongAsTheAccuracyStays) {
  PruningSearch search(options());
  EXPECT_EQ(search.note(0.70, 0), Action::prune);
  EXPECT_DOUBLE_EQ(search.target(), 0.4);
  EXPECT_EQ(search.note(0.695, 0.4), Action::prune);
  EXPECT_DOUBLE_EQ(search.target(), 1 - 0.6 * 0.6);
  EXPECT_EQ(search.note(0.72, 0.64), Action::prune) << "a better one";
  EXPECT_EQ(search.note(0.705, 0.784), Action::train_on) << "0.015 below the best";
  EXPECT_EQ(search.note(0.712, 0.784), Action::prune) << "came back within its patience";
}

TEST(PruningSearch, GoesBackAndTakesSmallerStepsUntilNoneIsWorthIt) {
  PruningSearch search(options());
  search.note(0.7, 0);
  EXPECT_EQ(search.note(0.5, 0.4), Action::train_on);
  EXPECT_EQ(search.note(0.5, 0.4), Action::roll_back);
  EXPECT_DOUBLE_EQ(search.target(), 0.2) << "half of the share";
  EXPECT_EQ(search.note(0.699, 0.2), Action::prune);
  EXPECT_DOUBLE_EQ(search.target(), 1 - 0.8 * 0.8);
  EXPECT_EQ(search.note(0.6, 0.36), Action::train_on);
  EXPECT_EQ(search.note(0.6, 0.36), Action::roll_back);
  EXPECT_DOUBLE_EQ(search.target(), 1 - 0.8 * 0.9);
  EXPECT_EQ(search.note(0.6, 0.28), Action::train_on);
  EXPECT_EQ(search.note(0.6, 0.28), Action::cool_down);
  EXPECT_EQ(search.note(0.6, 0.2), Action::train_on);
  EXPECT_EQ(search.note(0.6, 0.2), Action::stop);
}

TEST(PruningSearch, IsOverWhenNothingIsLeftToPrune) {
  PruningSearch search(options());
  EXPECT_EQ(search.note(0.1, 0), Action::prune);
  EXPECT_EQ(search.note(0.1, 0.9), Action::prune);
  EXPECT_EQ(search.note(0.1, 1), Action::prune);
  EXPECT_EQ(search.note(0.1, 1), Action::cool_down);
}

TEST(PruningSearch, KeepsWeightsAndMasks) {
  PruningSearch search(options());
  Model model = five_weights({1, 0, 3, 4, 5}, {1, 0, 1, 1, 1});
  search.keep(model, 0.7, 0.2);
  EXPECT_TRUE(search.is_better(0.7));
  EXPECT_FALSE(search.is_better(0.69));
  Model later = five_weights({9, 0, 0, 0, 9}, {1, 0, 0, 0, 1});
  search.bring_back(later);
  EXPECT_EQ(later.parameters, model.parameters);
}

TEST(PruningSearch, AKeptWeightOfZeroIsNotTakenForAPrunedOne) {
  PruningSearch search(options());
  const Model model = five_weights({1, 0, 0, 4, 5}, {1, 1, 0, 1, 1});
  search.keep(model, 0.7, 0.2);
  Model later = five_weights({9, 0, 0, 0, 9}, {1, 0, 0, 0, 1});
  search.bring_back(later);
  EXPECT_EQ(later.parameters, model.parameters);
}

TEST(PruningSearch, BringsNothingBackBeforeItKeptSomething) {
  Model model = five_weights({1, 2, 3, 4, 5});
  PruningSearch(options()).bring_back(model);
  EXPECT_EQ(model.parameters, five_weights({1, 2, 3, 4, 5}).parameters);
}

TEST(PruningSearch, RefusesWhatMakesNoSense) {
  for (const auto& spoil : std::vector<void (*)(PruningSearchOptions&)>{
           [](PruningSearchOptions& o) { o.max_drop = -0.1; },
           [](PruningSearchOptions& o) { o.last_share = 0; },
           [](PruningSearchOptions& o) { o.last_share = 0.5; },
           [](PruningSearchOptions& o) { o.first_share = 1; },
           [](PruningSearchOptions& o) { o.patience = -1; },
           [](PruningSearchOptions& o) { o.cooldown = 0; }}) {
    PruningSearchOptions bad = options();
    spoil(bad);
    EXPECT_THROW(PruningSearch{bad}, ArgumentError);
  }
}

}  // namespace
}  // namespace karnin
