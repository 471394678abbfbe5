#include "train/pruning/pruning_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "runtime/core/error.h"

namespace karnin {
namespace {

using testing::ElementsAre;

std::vector<std::int64_t> events(const PruningSchedule& schedule, std::int64_t steps) {
  std::vector<std::int64_t> all;
  for (std::int64_t step = 0; step <= steps; ++step)
    if (schedule.is_event(step)) all.push_back(step);
  return all;
}

TEST(PruningSchedule, GradualFollowsTheCubic) {
  const PruningSchedule schedule({PruningPace::gradual, 0.1, 0.6, 5, 2}, 0, 0.8, 100, 20);
  EXPECT_EQ(schedule.sparsity(0), 0);
  EXPECT_EQ(schedule.sparsity(9), 0);
  for (int step = 10; step <= 60; step += 10)
    EXPECT_DOUBLE_EQ(schedule.sparsity(step), 0.8 * (1 - std::pow((60.0 - step) / 50, 3)));
  EXPECT_EQ(schedule.sparsity(61), 0.8);
  EXPECT_THAT(events(schedule, 100), ElementsAre(10, 20, 30, 40, 50, 60));
  EXPECT_FALSE(schedule.is_settled(59));
  EXPECT_TRUE(schedule.is_settled(60));
}

TEST(PruningSchedule, StartsFromWhatIsPrunedAlready) {
  const PruningSchedule schedule({PruningPace::gradual, 0, 1, 5, 1}, 0.5, 0.9, 10, 1);
  EXPECT_EQ(schedule.sparsity(0), 0.5);
  EXPECT_DOUBLE_EQ(schedule.sparsity(5), 0.9 - 0.4 / 8);
  EXPECT_DOUBLE_EQ(schedule.sparsity(10), 0.9);
}

TEST(PruningSchedule, NeverBringsBackWhatTheTargetLacks) {
  for (const PruningPace pace : {PruningPace::at_once, PruningPace::gradual, PruningPace::rounds})
    for (const std::int64_t step : {0, 5, 10})
      EXPECT_EQ(PruningSchedule({pace, 0, 1, 5, 1}, 0.5, 0.3, 10, 1).sparsity(step), 0.5);
}

TEST(PruningSchedule, AtOnceIsAllAtTheBegin) {
  const PruningSchedule schedule({PruningPace::at_once, 0.2, 0.5, 5, 1}, 0, 0.7, 20, 3);
  EXPECT_EQ(schedule.sparsity(3), 0);
  EXPECT_EQ(schedule.sparsity(4), 0.7);
  EXPECT_THAT(events(schedule, 20), ElementsAre(4, 7, 10));
}

/// 0.064 kept after three rounds: 0.4 of the rest in each.
TEST(PruningSchedule, RoundsKeepTheSameShareOfTheRest) {
  const PruningSchedule schedule({PruningPace::rounds, 0, 1, 3, 1}, 0, 1 - 0.064, 31, 5);
  EXPECT_NEAR(schedule.sparsity(0), 0.6, 1e-12);
  EXPECT_NEAR(schedule.sparsity(9), 0.6, 1e-12);
  EXPECT_NEAR(schedule.sparsity(10), 0.84, 1e-12);
  EXPECT_NEAR(schedule.sparsity(20), 0.936, 1e-12);
  EXPECT_THAT(events(schedule, 31), ElementsAre(0, 10, 20));
  EXPECT_TRUE(schedule.is_settled(20));
}

/// The first of them may wait, until there is something to choose by.
TEST(PruningSchedule, RoundsShareWhatFollowsTheBegin) {
  const PruningSchedule schedule({PruningPace::rounds, 0.7, 0.6, 3, 1}, 0, 1 - 0.064, 40, 5);
  EXPECT_EQ(schedule.first_event(), 28);
  EXPECT_EQ(schedule.sparsity(27), 0);
  EXPECT_NEAR(schedule.sparsity(28), 0.6, 1e-12);
  EXPECT_THAT(events(schedule, 40), ElementsAre(28, 32, 36));
}

TEST(PruningSchedule, FreedomFallsFromOneToNothing) {
  const PruningSchedule schedule({PruningPace::gradual, 0.2, 0.6, 5, 1}, 0, 0.8, 10, 1);
  EXPECT_EQ(schedule.freedom(2), 1);
  EXPECT_DOUBLE_EQ(schedule.freedom(4), 0.5);
  EXPECT_EQ(schedule.freedom(6), 0);
}

TEST(PruningSchedule, NamesRoundTripAndNonsenseIsRefused) {
  for (const PruningPace pace : {PruningPace::at_once, PruningPace::gradual, PruningPace::rounds})
    EXPECT_EQ(pruning_pace_from_string(to_string(pace)), pace);
  EXPECT_THROW(pruning_pace_from_string("slowly"), ArgumentError);
  for (const PruningScheduleOptions& options :
       {PruningScheduleOptions{PruningPace::gradual, 0.5, 0.4},
        {PruningPace::gradual, -0.1, 0.4},
        {PruningPace::gradual, 0, 1.1},
        {PruningPace::rounds, 0, 1, 0},
        {PruningPace::rounds, 0, 1, 1001},
        {PruningPace::rounds, 1.1, 1},
        {PruningPace::gradual, 0, 1, 1, 0}})
    EXPECT_THROW(validate(options), ArgumentError);
  EXPECT_NO_THROW(validate({PruningPace::rounds, 0.7, 0.6})) << "rounds fill the rest of the run";
}

TEST(PruningSchedule, IsSettledWhereMoreIsPrunedThanIsAskedFor) {
  const PruningSchedule schedule({.begin = 0, .end = 0.6}, 0.95, 0.9, 100, 10);
  for (const std::int64_t step : {0, 1, 59, 60, 100}) {
    EXPECT_TRUE(schedule.is_settled(step));
    EXPECT_FALSE(schedule.is_event(step));
    EXPECT_EQ(schedule.sparsity(step), 0.95);
  }
}

}  // namespace
}  // namespace karnin
