#include "train/pruning/pruner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"
#include "runtime/graph/networks.h"
#include "tests/support/small_network.h"

namespace karnin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using LayerCount = PruneReport::LayerCount;

// Parameters of the small network: conv1 54 weights, fc1 20 x 54 = 1080, fc2 3 x 20 = 60.
constexpr std::size_t kConv1 = 0;
constexpr std::size_t kFc1 = 2;
constexpr std::size_t kFc2 = 4;

/// Distinct weights, shuffled: magnitudes 1..n within each parameter, `scale` times that in fc2.
Model weighted_model(float fc2_scale = 1) {
  Model model = make_model(test::small_network({1, 8, 8}, 3));
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    const std::span<float> w = model.parameters[p].value.span();
    for (std::size_t i = 0; i < w.size(); ++i)
      w[i] = static_cast<float>(i + 1) * (p == kFc2 ? fc2_scale : 1) * (i % 3 == 0 ? -1.0F : 1.0F);
    CounterRng rng(p);
    for (std::size_t i = w.size() - 1; i > 0; --i) std::swap(w[i], w[rng.below(i + 1)]);
  }
  return model;
}

/// Cauchy-distributed sensitivities: tails as heavy as the recorded ones.
void add_sensitivities(Model& model, const std::string& method) {
  Sensitivity s{method, {}};
  CounterRng rng(5);
  for (const Parameter& parameter : model.parameters)
    for (float& x : s.values.emplace_back(parameter.value.dims()).span())
      x = static_cast<float>(std::tan(3.14 * (rng.uniform() - 0.5)));
  model.sensitivities.push_back(std::move(s));
}

PruneOptions by_sparsity(double sparsity) {
  PruneOptions options;
  options.method = PruneMethod::magnitude;
  options.until = Sparsity{sparsity};
  return options;
}

PruneOptions by_threshold(PruneMethod method, double threshold) {
  PruneOptions options;
  options.method = method;
  options.until = Threshold{threshold};
  return options;
}

std::int64_t pruned_count(const Model& model, std::size_t p) {
  return std::ranges::count(model.parameters[p].mask, 0);
}

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

// What was pruned has weight 0; if it took part it would pull the minimum to 0.
TEST(Pruner, PrunedWeightsTakeNoPartInTheNormalisation) {
  Model model = weighted_model();
  prune(model, by_sparsity(0.5));
  PruneOptions options = by_threshold(PruneMethod::magnitude, 0.5);
  options.normalisation = Normalisation::minmax;
  options.layers = {"fc1"};
  // 541..1080 are left, so 0.5 is at 810.5: 270 lie below.
  EXPECT_THAT(prune(model, options).layers, ElementsAre(LayerCount{"fc1", 1080, 270, 810}));
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

TEST(Pruner, RankThresholdsAreShares) {
  for (const double threshold : {0.001, 0.25, 0.5, 1.0}) {
    Model model = weighted_model();
    prune(model, by_threshold(PruneMethod::magnitude, threshold));
    EXPECT_EQ(pruned_count(model, kFc1), std::ceil(threshold * 1080));
  }
}

TEST(Pruner, MinmaxThresholdOnMagnitudes) {
  Model model = weighted_model();
  PruneOptions options = by_threshold(PruneMethod::magnitude, 0.45);
  options.normalisation = Normalisation::minmax;
  prune(model, options);
  // (|w| - 1) / 1079 < 0.45 for |w| = 1..486.
  EXPECT_EQ(pruned_count(model, kFc1), 486);
  for (const float w : model.parameters[kFc1].value.span())
    EXPECT_TRUE(w == 0.0F || std::abs(w) >= 487);
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

TEST(Pruner, GlobalThresholdsNormaliseTogether) {
  Model model = weighted_model(1000);
  PruneOptions options = by_threshold(PruneMethod::magnitude, 0.0181);
  options.scope = Scope::global;
  options.normalisation = Normalisation::minmax;
  // The largest is 60,000, so the threshold is 1087: all of fc1 and the first of fc2.
  EXPECT_THAT(prune(model, options).layers,
              ElementsAre(LayerCount{"fc1", 1080, 1080, 1080}, LayerCount{"fc2", 60, 1, 1}));
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

// Table 7 of the paper: random scores below 0.45 are 45 % of them.
TEST(Pruner, RandomAtAThresholdRemovesThatShare) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    Model model = make_model(khanal2018());
    for (Parameter& parameter : model.parameters) std::ranges::fill(parameter.value.span(), 1.0F);
    PruneOptions options = by_threshold(PruneMethod::random, 0.45);
    options.normalisation = Normalisation::minmax;
    options.seed = seed;
    const PruneReport report = prune(model, options);
    for (const LayerCount& layer : report.layers)
      EXPECT_NEAR(static_cast<double>(layer.removed) / static_cast<double>(layer.weights), 0.45,
                  0.01);
  }
}

TEST(Pruner, RandomIgnoresNormalisationAndDependsOnTheSeed) {
  const auto masks = [](Normalisation normalisation, std::uint64_t seed) {
    Model model = weighted_model();
    PruneOptions options = by_threshold(PruneMethod::random, 0.3);
    options.normalisation = normalisation;
    options.seed = seed;
    prune(model, options);
    return model.parameters[kFc1].mask;
  };
  EXPECT_EQ(masks(Normalisation::minmax, 1), masks(Normalisation::rank, 1));
  EXPECT_NE(masks(Normalisation::rank, 1), masks(Normalisation::rank, 2));
}

// Signed min-max of heavy tails: a large negative extreme lifts nearly all scores above 0.45.
TEST(Pruner, ThePapersCombinationRemovesAlmostNothing) {
  Model model = weighted_model();
  add_sensitivities(model, "karnin-sgd");
  Tensor& s = model.sensitivities[0].values[kFc1];
  s.data()[7] = 2 * std::ranges::min(s.span()) - std::ranges::max(s.span());
  const auto [low, high] = std::ranges::minmax(s.span());
  const double limit = low + 0.45 * (static_cast<double>(high) - low);
  const auto expected = std::ranges::count_if(s.span(), [&](float x) { return x < limit; });

  PruneOptions options = by_threshold(PruneMethod::karnin_sgd, 0.45);
  options.normalisation = Normalisation::minmax;
  options.sign = SignRule::keep;
  EXPECT_EQ(prune(model, options).layers[0].removed, expected);
  EXPECT_TRUE(expected >= 1 && expected <= 10) << expected;
}

TEST(Pruner, TheSignRuleDecidesWhatIsUnimportant) {
  const auto kept = [](SignRule sign) {
    Model model = weighted_model();
    add_sensitivities(model, "karnin");
    for (std::int64_t i = 0; i < 60; ++i)
      model.sensitivities[0].values[kFc2].data()[i] = static_cast<float>(i - 30);
    PruneOptions options;
    options.method = PruneMethod::karnin;
    options.sign = sign;
    options.layers = {"fc2"};
    options.until = Sparsity{0.5};
    prune(model, options);
    return model.parameters[kFc2].mask;
  };
  const Mask signed_mask = kept(SignRule::keep);        // -30..-1 go
  const Mask absolute_mask = kept(SignRule::absolute);  // -15..14 go
  EXPECT_EQ(signed_mask[0], 0);
  EXPECT_EQ(absolute_mask[0], 1);
  EXPECT_EQ(signed_mask[31], 1);
  EXPECT_EQ(absolute_mask[31], 0);
  EXPECT_EQ(kept(SignRule::clamp), signed_mask);  // among the negatives the lowest go first
}

TEST(Normalise, ClampedScoresRankByWhatTheyWere) {
  std::vector<double> scores{-1, -3, 2, -2};
  normalise(scores, Normalisation::rank, SignRule::clamp);
  EXPECT_THAT(scores, testing::ElementsAre(0.5, 0, 0.75, 0.25));
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
