// What a threshold removes: how scores are normalised, what their sign means, and chance.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "runtime/graph/networks.h"
#include "tests/train/pruning/weighted_model.h"
#include "train/masks/pruner.h"

namespace karnin {
namespace {

using test::add_sensitivities;
using test::by_sparsity;
using test::by_threshold;
using test::kFc1;
using test::kFc2;
using test::pruned_count;
using test::weighted_model;
using testing::ElementsAre;
using LayerCount = PruneReport::LayerCount;

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

TEST(Pruner, GlobalThresholdsNormaliseTogether) {
  Model model = weighted_model(1000);
  PruneOptions options = by_threshold(PruneMethod::magnitude, 0.0181);
  options.scope = Scope::global;
  options.normalisation = Normalisation::minmax;
  // The largest is 60,000, so the threshold is 1087: all of fc1 and the first of fc2.
  EXPECT_THAT(prune(model, options).layers,
              ElementsAre(LayerCount{"fc1", 1080, 1080, 1080}, LayerCount{"fc2", 60, 1, 1}));
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

}  // namespace
}  // namespace karnin
