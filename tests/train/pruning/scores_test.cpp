#include "train/masks/scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "runtime/core/error.h"
#include "tests/support/small_network.h"
#include "train/pruning/recorder.h"

namespace karnin {
namespace {

Model scored_model() {
  Model model = make_model(test::small_network({1, 8, 8}, 3));
  for (Parameter& parameter : model.parameters)
    for (std::int64_t i = 0; i < parameter.value.size(); ++i)
      parameter.value.data()[i] = static_cast<float>(i % 2 == 0 ? i : -i);
  return model;
}

TEST(Scores, NamesRoundTripAndOthersAreRefused) {
  for (const auto method :
       {PruneMethod::karnin, PruneMethod::karnin_sgd, PruneMethod::karnin_epoch,
        PruneMethod::karnin_gradient_epoch, PruneMethod::khanal_pseudocode,
        PruneMethod::synaptic_intelligence, PruneMethod::movement, PruneMethod::change,
        PruneMethod::taylor, PruneMethod::fisher, PruneMethod::obs, PruneMethod::obd,
        PruneMethod::magnitude, PruneMethod::lamp, PruneMethod::random})
    EXPECT_EQ(prune_method_from_string(to_string(method)), method);
  EXPECT_THROW(prune_method_from_string("karnin_sgd"), ArgumentError);
}

TEST(Scores, EveryRecordedMethodIsAPruneMethod) {
  for (const std::string_view name : kSensitivityMethods)
    EXPECT_EQ(to_string(prune_method_from_string(name)), name);
}

TEST(Scores, MagnitudeIsTheAbsoluteWeight) {
  const std::vector<double> scores = raw_scores(scored_model(), 2, PruneMethod::magnitude, 1);
  ASSERT_EQ(scores.size(), 20U * 54);
  for (std::size_t i = 0; i < scores.size(); ++i) EXPECT_EQ(scores[i], static_cast<double>(i));
}

/// 3^2 / 3^2, 2^2 / (3^2 + 2^2), 1 / (9 + 4 + 1), and 0 for what is gone.
TEST(Scores, LampIsTheShareOfTheSquaresThatAreNoSmaller) {
  Model model = make_model(make_chain("n", {4, 1, 1}, {{"fc", FullyConnected{1}}}));
  const std::vector<float> weights{-2, 0, 3, 1};
  std::ranges::copy(weights, model.parameters[0].value.data());
  EXPECT_THAT(raw_scores(model, 0, PruneMethod::lamp, 1),
              testing::ElementsAre(4.0 / 13, 0, 1, 1.0 / 14));
}

TEST(Scores, RecordedOnesAreTakenFromTheRightMethodAndParameter) {
  Model model = scored_model();
  // Method m leaves 10 m + p in every weight of parameter p.
  for (std::size_t m = 0; m < kSensitivityMethods.size(); ++m) {
    Sensitivity s{std::string(kSensitivityMethods[m]), {}};
    for (std::size_t p = 0; p < model.parameters.size(); ++p) {
      s.values.emplace_back(model.parameters[p].value.dims());
      std::ranges::fill(s.values[p].span(), static_cast<float>(10 * m + p));
    }
    model.sensitivities.push_back(std::move(s));
  }
  for (std::size_t m = 0; m < kSensitivityMethods.size(); ++m)
    for (std::size_t p = 0; p < model.parameters.size(); ++p) {
      const auto method = prune_method_from_string(kSensitivityMethods[m]);
      EXPECT_THAT(raw_scores(model, p, method, 1), testing::Each(static_cast<double>(10 * m + p)));
    }
}

TEST(Scores, RandomDependsOnSeedParameterAndIndex) {
  const Model model = scored_model();
  const auto draw = [&](std::size_t p, std::uint64_t seed) {
    std::vector<double> scores = raw_scores(model, p, PruneMethod::random, seed);
    scores.resize(50);
    return scores;
  };
  EXPECT_EQ(draw(0, 1), draw(0, 1));
  EXPECT_NE(draw(0, 1), draw(0, 2));
  EXPECT_NE(draw(0, 1), draw(2, 1));
  for (const double s : draw(0, 1)) EXPECT_TRUE(s >= 0 && s < 1);
}

TEST(Scores, MissingSensitivitiesAreAnErrorThatNamesTheMethod) {
  try {
    raw_scores(scored_model(), 0, PruneMethod::karnin_epoch, 1);
    FAIL() << "no exception";
  } catch (const ArgumentError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("'karnin-epoch'"));
  }
}

TEST(Scores, WhatIsNotFiniteIsRefusedWithItsPlace) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    Model model = scored_model();
    model.parameters[4].value.data()[17] = bad;
    try {
      raw_scores(model, 4, PruneMethod::magnitude, 1);
      FAIL() << "no exception";
    } catch (const ArgumentError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("fc2.weight[17]"));
    }
    EXPECT_NO_THROW(raw_scores(model, 4, PruneMethod::random, 1));
  }
}

}  // namespace
}  // namespace karnin
