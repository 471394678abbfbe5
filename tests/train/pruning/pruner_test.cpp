#include "train/masks/pruner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "runtime/core/error.h"
#include "tests/train/pruning/weighted_model.h"

namespace karnin {
namespace {

using test::add_sensitivities;
using test::by_sparsity;
using test::by_threshold;
using test::kConv1;
using test::kFc1;
using test::kFc2;
using test::pruned_count;
using test::weighted_model;
using testing::ElementsAre;
using testing::HasSubstr;
using LayerCount = PruneReport::LayerCount;

TEST(Pruner, RemovesTheSmallestAndNothingElse) {
  const Model before = weighted_model();
  Model model = before;
  const PruneReport report = prune(model, by_sparsity(0.7));
  EXPECT_THAT(report.layers,
              ElementsAre(LayerCount{"fc1", 1080, 756, 756}, LayerCount{"fc2", 60, 42, 42}));
  EXPECT_NO_THROW(validate(model));
  for (const std::size_t p : {kFc1, kFc2}) {
    const Parameter& parameter = model.parameters[p];
    const float limit = 0.7F * static_cast<float>(parameter.value.size());
    for (std::size_t i = 0; i < parameter.mask.size(); ++i) {
      const float w = before.parameters[p].value.data()[i];
      const bool kept = std::abs(w) > limit;
      EXPECT_EQ(parameter.mask[i], kept ? 1 : 0);
      EXPECT_EQ(parameter.value.data()[i], kept ? w : 0.0F);
      EXPECT_FALSE(std::signbit(parameter.value.data()[i]) && !kept) << "-0 is not exactly 0";
    }
  }
  for (const std::size_t p : {0U, 1U, 3U, 5U}) EXPECT_EQ(model.parameters[p], before.parameters[p]);
}

TEST(Pruner, SparsityIsTheFinalShareAndRemovedCountsTheNew) {
  Model model = weighted_model();
  prune(model, by_sparsity(0.5));
  const Model half = model;
  const PruneReport report = prune(model, by_sparsity(0.75));
  EXPECT_THAT(report.layers,
              ElementsAre(LayerCount{"fc1", 1080, 270, 810}, LayerCount{"fc2", 60, 15, 45}));
  EXPECT_EQ(pruned_count(model, kFc1), 810);
  for (std::size_t i = 0; i < half.parameters[kFc1].mask.size(); ++i)
    EXPECT_LE(model.parameters[kFc1].mask[i], half.parameters[kFc1].mask[i]);

  Model once = weighted_model();
  prune(once, by_sparsity(0.75));
  EXPECT_EQ(model, once);

  EXPECT_THAT(prune(model, by_sparsity(0.3)).layers,
              ElementsAre(LayerCount{"fc1", 1080, 0, 810}, LayerCount{"fc2", 60, 0, 45}));
  EXPECT_EQ(model, once);
}

TEST(Pruner, TellsOfLayersThatWerePrunedBeforeAndNotChosenNow) {
  Model model = weighted_model();
  PruneOptions options = by_sparsity(0.5);
  options.layers = {"conv1", "fc1"};
  EXPECT_TRUE(prune(model, options).others.empty());
  options.layers = {"fc1"};
  options.until = Sparsity{0.7};
  const PruneReport report = prune(model, options);
  EXPECT_THAT(report.layers, ElementsAre(LayerCount{"fc1", 1080, 216, 756}));
  EXPECT_THAT(report.others, ElementsAre(LayerCount{"conv1", 54, 0, 27}));
  EXPECT_EQ(total(report), (LayerCount{"total", 1080, 216, 756}));
}

TEST(Pruner, KnowsWhereMoreIsPrunedThanIsAskedFor) {
  Model model = weighted_model();
  EXPECT_TRUE(pruned_beyond(model, by_sparsity(0)).empty());
  PruneOptions options = by_sparsity(0.8);
  options.layers = {"fc1"};
  prune(model, options);
  EXPECT_TRUE(pruned_beyond(model, by_sparsity(0.8)).empty());
  const LayerCount fc1{"fc1", 1080, 0, 864};
  EXPECT_THAT(pruned_beyond(model, by_sparsity(0.79)), ElementsAre(fc1));
  EXPECT_THAT(pruned_beyond(model, by_sparsity(0)), ElementsAre(fc1));
  EXPECT_TRUE(pruned_beyond(model, by_threshold(PruneMethod::magnitude, 0)).empty());

  PruneOptions global = by_sparsity(0.78);  // of 1140, 864 are 75.8 %
  global.scope = Scope::global;
  EXPECT_TRUE(pruned_beyond(model, global).empty());
  global.until = Sparsity{0.5};
  EXPECT_THAT(pruned_beyond(model, global), ElementsAre(LayerCount{"fc1, fc2", 1140, 0, 864}));
}

TEST(Pruner, TheEndsOfTheRange) {
  const Model before = weighted_model();
  Model model = before;
  prune(model, by_sparsity(0));
  prune(model, by_threshold(PruneMethod::magnitude, 0));
  EXPECT_EQ(model, before);  // not even an empty mask filled in
  prune(model, by_sparsity(1));
  EXPECT_EQ(count_nonzero(model.parameters[kFc1]), 0);
  EXPECT_THAT(prune(model, by_sparsity(1)).layers,
              ElementsAre(LayerCount{"fc1", 1080, 0, 1080}, LayerCount{"fc2", 60, 0, 60}));
}

TEST(Pruner, TiesGoByPosition) {
  for (const double threshold_or_not : {0.0, 1.0}) {
    Model model = weighted_model();
    std::ranges::fill(model.parameters[kFc2].value.span(), 2.0F);
    PruneOptions options = by_sparsity(0.5);
    if (threshold_or_not == 1.0) options = by_threshold(PruneMethod::magnitude, 0.5);
    options.layers = {"fc2"};
    prune(model, options);
    for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(model.parameters[kFc2].mask[i], i < 30 ? 0 : 1);
  }
}

TEST(Pruner, GlobalScopeComparesAcrossLayers) {
  Model model = weighted_model(1000);  // every weight of fc2 is among the largest
  PruneOptions options = by_sparsity(0.5);
  options.scope = Scope::global;
  EXPECT_THAT(prune(model, options).layers,
              ElementsAre(LayerCount{"fc1", 1080, 570, 570}, LayerCount{"fc2", 60, 0, 0}));
  // A second, tighter one counts what the first removed.
  options.until = Sparsity{0.6};
  EXPECT_THAT(prune(model, options).layers,
              ElementsAre(LayerCount{"fc1", 1080, 114, 684}, LayerCount{"fc2", 60, 0, 0}));
}

TEST(Pruner, ConvLayersCanBePrunedToo) {
  Model model = weighted_model();
  PruneOptions options = by_sparsity(0.5);
  options.layers = {"fc2", "conv1", "fc2"};
  EXPECT_THAT(prune(model, options).layers,
              ElementsAre(LayerCount{"conv1", 54, 27, 27}, LayerCount{"fc2", 60, 30, 30}));
  EXPECT_EQ(pruned_count(model, kConv1), 27);
  EXPECT_NO_THROW(validate(model));
}

TEST(Pruner, EveryCombinationReachesItsSparsity) {
  Model trained = weighted_model();
  for (const std::string method :
       {"karnin", "karnin-sgd", "karnin-epoch", "karnin-gradient-epoch", "khanal-pseudocode"})
    add_sensitivities(trained, method);
  for (const std::string method : {"karnin", "karnin-sgd", "karnin-epoch", "karnin-gradient-epoch",
                                   "khanal-pseudocode", "magnitude", "random"})
    for (const auto n : {Normalisation::minmax, Normalisation::rank, Normalisation::log})
      for (const auto sign : {SignRule::keep, SignRule::absolute, SignRule::clamp})
        for (const auto scope : {Scope::layer, Scope::global}) {
          Model model = trained;
          prune(model, {prune_method_from_string(method), n, sign, scope, Sparsity{0.9}});
          EXPECT_NO_THROW(validate(model));
          EXPECT_EQ(pruned_count(model, kFc1) + pruned_count(model, kFc2), 972 + 54) << method;
        }
}

TEST(Pruner, BadOptionsAreRefusedAndLeaveTheModelAlone) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::pair<std::function<void(PruneOptions&)>, std::string>> damages{
      {[](PruneOptions& o) { o.until = Sparsity{1.01}; }, "sparsity"},
      {[](PruneOptions& o) { o.until = Sparsity{-0.01}; }, "sparsity"},
      {[&](PruneOptions& o) { o.until = Sparsity{nan}; }, "sparsity"},
      {[](PruneOptions& o) { o.until = Threshold{2}; }, "threshold"},
      {[](PruneOptions& o) { o.layers = {}; }, "conv1, fc1, fc2"},
      {[](PruneOptions& o) { o.layers = {"fc1", "fc9"}; }, "'fc9'"},
      {[](PruneOptions& o) { o.layers = {"relu1"}; }, "conv1, fc1, fc2"},
      {[](PruneOptions& o) { o.layers = {"fc1.weight"}; }, "conv1, fc1, fc2"},
      {[](PruneOptions& o) { o.method = PruneMethod::karnin; }, "'karnin'"}};
  for (const auto& [damage, word] : damages) {
    Model model = weighted_model();
    PruneOptions options = by_sparsity(0.5);
    damage(options);
    try {
      prune(model, options);
      FAIL() << "accepted: " << word;
    } catch (const ArgumentError& error) {
      EXPECT_THAT(error.what(), HasSubstr(word));
    }
    EXPECT_EQ(model, weighted_model());
  }
}

TEST(Pruner, AScoreThatIsNotFiniteInTheLastLayerLeavesTheFirstAlone) {
  Model model = weighted_model();
  model.parameters[kFc2].value.data()[3] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(prune(model, by_sparsity(0.5)), ArgumentError);
  EXPECT_TRUE(model.parameters[kFc1].mask.empty());
}

}  // namespace
}  // namespace karnin
