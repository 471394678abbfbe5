#include "train/masks/normalisation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

using testing::Each;
using testing::ElementsAre;

std::vector<double> normalised(std::vector<double> scores, Normalisation normalisation,
                               SignRule sign = SignRule::keep) {
  normalise(scores, normalisation, sign);
  return scores;
}

TEST(Normalisation, NamesRoundTripAndOthersAreRefused) {
  for (const auto n : {Normalisation::minmax, Normalisation::rank, Normalisation::log})
    EXPECT_EQ(normalisation_from_string(to_string(n)), n);
  for (const auto rule : {SignRule::keep, SignRule::absolute, SignRule::clamp})
    EXPECT_EQ(sign_rule_from_string(to_string(rule)), rule);
  EXPECT_THROW(normalisation_from_string("zscore"), ArgumentError);
  EXPECT_THROW(sign_rule_from_string(""), ArgumentError);
}

TEST(Normalisation, MinmaxIsThePapers) {
  EXPECT_THAT(normalised({-2, 0, 1, 6}, Normalisation::minmax), ElementsAre(0, 0.25, 0.375, 1));
}

TEST(Normalisation, TheSignRuleComesFirst) {
  const std::vector<double> scores{-2, 0, 1, 4};
  EXPECT_THAT(normalised(scores, Normalisation::minmax, SignRule::absolute),
              ElementsAre(0.5, 0, 0.25, 1));
  EXPECT_THAT(normalised(scores, Normalisation::minmax, SignRule::clamp),
              ElementsAre(0, 0, 0.25, 1));
}

TEST(Normalisation, RankIsTheShareOfLowerScores) {
  EXPECT_THAT(normalised({30, -5, 1e9, 2}, Normalisation::rank), ElementsAre(0.5, 0, 0.75, 0.25));
}

TEST(Normalisation, RankBreaksTiesByPosition) {
  EXPECT_THAT(normalised({1, 0, 1, 0}, Normalisation::rank), ElementsAre(0.5, 0, 0.75, 0.25));
}

TEST(Normalisation, LogIsTheFormula) {
  // The median of 1, 1, 3, 7, 15 without the zero is 3.
  const std::vector<double> s = normalised({-1, 0, 1, 3, 7, 15}, Normalisation::log);
  const double low = -std::log(1 + 1.0 / 3);
  const double high = std::log(1 + 15.0 / 3);
  EXPECT_NEAR(s[0], 0, 1e-15);
  EXPECT_NEAR(s[1], (0 - low) / (high - low), 1e-15);
  EXPECT_NEAR(s[2], (std::log(1 + 1.0 / 3) - low) / (high - low), 1e-15);
  EXPECT_NEAR(s[3], (std::log(2.0) - low) / (high - low), 1e-15);
  EXPECT_NEAR(s[4], (std::log(1 + 7.0 / 3) - low) / (high - low), 1e-15);
  EXPECT_NEAR(s[5], 1, 1e-15);
}

TEST(Normalisation, LogSurvivesMostlyZeros) {
  EXPECT_THAT(normalised({0, 0, 0, 0, 5}, Normalisation::log), ElementsAre(0, 0, 0, 0, 1));
}

TEST(Normalisation, EqualScoresAreAllKeptButByRank) {
  for (const double value : {0.0, -3.0, 2.5}) {
    EXPECT_THAT(normalised({value, value}, Normalisation::minmax), Each(1));
    EXPECT_THAT(normalised({value, value}, Normalisation::log), Each(1));
    EXPECT_THAT(normalised({value, value}, Normalisation::rank), ElementsAre(0, 0.5));
  }
}

TEST(Normalisation, NothingStaysNothing) {
  for (const auto n : {Normalisation::minmax, Normalisation::rank, Normalisation::log})
    EXPECT_TRUE(normalised({}, n).empty());
}

// Heavy tails of either sign, as sensitivities have them.
TEST(Normalisation, EveryOneStaysInRangeAndInOrder) {
  std::vector<double> scores;
  CounterRng rng(11);
  for (int i = 0; i < 500; ++i) scores.push_back(std::tan(3.14 * (rng.uniform() - 0.5)));
  for (const auto n : {Normalisation::minmax, Normalisation::rank, Normalisation::log}) {
    const std::vector<double> mapped = normalised(scores, n);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      EXPECT_TRUE(mapped[i] >= 0 && mapped[i] <= 1);
      for (std::size_t j = 0; j < i; ++j)
        EXPECT_EQ(scores[i] < scores[j], mapped[i] < mapped[j]) << to_string(n);
    }
  }
}

}  // namespace
}  // namespace karnin
