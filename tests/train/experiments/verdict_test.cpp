#include "train/experiments/verdict.h"

#include <gtest/gtest.h>

#include <cmath>

#include "train/experiments/statistics.h"

namespace karnin {
namespace {

/// `correct` of 100 images.
ConfusionMatrix confusion(int correct) {
  ConfusionMatrix matrix(2);
  const std::vector<std::uint8_t> labels(100, 0);
  std::vector<std::uint8_t> predictions(100, 1);
  std::fill_n(predictions.begin(), correct, std::uint8_t{0});
  matrix.add(labels, predictions);
  return matrix;
}

Outcome outcome(int correct, std::int64_t fc1 = 0, std::int64_t fc2 = 0) {
  return {{{{"fc1", 48000, fc1, fc1}, {"fc2", 10080, fc2, fc2}}, {}}, confusion(correct)};
}

/// The same accuracy at every sparsity.
Series flat(const std::string& name, int correct) {
  Series series{name, sparsities(), {}};
  for (std::size_t i = 0; i < sparsities().size(); ++i) series.outcomes.push_back(outcome(correct));
  return series;
}

TEST(Spread, IsMeanAndSampleDeviation) {
  const std::vector<double> values{1, 2, 3, 4};
  EXPECT_EQ(spread_of(values).count, 4U);
  EXPECT_DOUBLE_EQ(spread_of(values).mean, 2.5);
  EXPECT_DOUBLE_EQ(spread_of(values).sd, std::sqrt(5.0 / 3.0));
  const std::vector<double> one{7};
  EXPECT_EQ(spread_of(one).mean, 7);
  EXPECT_EQ(spread_of(one).sd, 0);
}

TEST(Contests, RankByTheMeanAndCountTheSeeds) {
  Measurements a;
  a.sparsities = {flat("x", 50), flat("y", 40), flat("z", 10)};
  Measurements b;
  b.sparsities = {flat("x", 44), flat("y", 45), flat("z", 10)};
  const std::vector<Contest> all = contests({a, b});
  ASSERT_EQ(all.size(), sparsities().size() - 1);
  EXPECT_EQ(all[0].sparsity, 0.1);
  EXPECT_EQ(all[0].ranking[0].method, "x");
  EXPECT_DOUBLE_EQ(all[0].ranking[0].accuracy.mean, 47);
  EXPECT_EQ(all[0].ranking[2].method, "z");
  EXPECT_EQ(all[0].seeds_won, 1U);
}

/// Of two methods at the first sparsity, whose seeds are these.
Contest contest_of(const std::vector<int>& x, const std::vector<int>& y) {
  std::vector<Measurements> all(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) all[i].sparsities = {flat("x", x[i]), flat("y", y[i])};
  return contests(all).front();
}

TEST(Contests, CompareSeedBySeed) {
  // Seeds differ by far more than the two methods do, and yet every one says the same.
  const Contest paired = contest_of({70, 50, 30}, {68, 49, 27});
  EXPECT_EQ(paired.lead.count, 3U);
  EXPECT_DOUBLE_EQ(paired.lead.mean, 2);
  EXPECT_DOUBLE_EQ(paired.lead.sd, 1);  // of 2, 1 and 3
  EXPECT_FALSE(too_close(paired));      // 2 > 2 / sqrt(3)
  const Contest unsure = contest_of({50, 44}, {40, 45});
  EXPECT_DOUBLE_EQ(unsure.lead.mean, 4.5);
  EXPECT_TRUE(too_close(unsure));  // 2 * sqrt(60.5) / sqrt(2) = 11
}

TEST(Contests, ATieIsWonByNobody) {
  EXPECT_TRUE(tied(contest_of({57, 29, 31}, {29, 31, 57})));
  EXPECT_TRUE(too_close(contest_of({50, 50}, {50, 50})));
  EXPECT_EQ(contest_of({50, 50}, {50, 50}).seeds_won, 0U);
  EXPECT_FALSE(tied(contest_of({51}, {50})));
}

TEST(Readings, TheClosestCountsComeFirst) {
  Measurements exact;
  exact.recipe = "base";
  exact.readings = {{"a", {0.45}, {outcome(50, 459, 139)}}, {"b", {0.45}, {outcome(52, 46, 13)}}};
  Measurements other = exact;
  other.recipe = "other";
  other.readings = {{"a", {0.45}, {outcome(50, 46, 139)}}};
  const std::vector<Reading> all = readings({exact}, {other});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].method, "b");
  EXPECT_EQ(all[0].distance, 0);
  EXPECT_DOUBLE_EQ(all[0].accuracy.mean, 52);
  EXPECT_EQ(all[1].recipe, "other");
  EXPECT_NEAR(all[1].distance, 0.5, 1e-12);  // FC2 ten times too many
  EXPECT_NEAR(all[2].distance, (std::log10(460.0 / 47) + 1) / 2, 1e-12);
}

}  // namespace
}  // namespace karnin
