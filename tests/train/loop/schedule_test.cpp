#include "train/loop/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <vector>

#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr std::int64_t kRunSteps = 10;
constexpr std::int64_t kPerEpoch = 5;

std::vector<double> rates(const ScheduleOptions& options, std::int64_t steps = kRunSteps) {
  std::vector<double> all;
  for (std::int64_t step = 0; step < steps; ++step)
    all.push_back(learning_rate_at(options, step, steps, kPerEpoch));
  return all;
}

TEST(Schedule, NamesRoundTripAndOthersAreRefused) {
  for (const ScheduleKind kind :
       {ScheduleKind::constant, ScheduleKind::step, ScheduleKind::one_cycle})
    EXPECT_EQ(schedule_from_string(to_string(kind)), kind);
  EXPECT_EQ(to_string(ScheduleKind::one_cycle), "one-cycle");
  try {
    schedule_from_string("cosine");
    FAIL() << "no exception";
  } catch (const ArgumentError& error) {
    EXPECT_STREQ(error.what(),
                 "unknown schedule 'cosine': expected one of constant, step, one-cycle");
  }
}

TEST(Schedule, ConstantIsConstant) {
  EXPECT_THAT(rates({.learning_rate = 0.25}), testing::Each(0.25));
}

TEST(Schedule, StepDropsAtEpochBoundaries) {
  const ScheduleOptions options{
      .kind = ScheduleKind::step, .learning_rate = 8, .step_factor = 0.5, .step_epochs = 2};
  const auto at = [&](std::int64_t step) {
    return learning_rate_at(options, step, 100, kPerEpoch);
  };
  EXPECT_EQ(at(0), 8);
  EXPECT_EQ(at(2 * kPerEpoch - 1), 8);
  EXPECT_EQ(at(2 * kPerEpoch), 4);
  EXPECT_EQ(at(4 * kPerEpoch - 1), 4);
  EXPECT_EQ(at(6 * kPerEpoch), 1);
}

TEST(Schedule, OneCycleAtKnownPoints) {
  const ScheduleOptions options{
      .kind = ScheduleKind::one_cycle, .learning_rate = 0.08, .warmup = 0.3};
  const std::vector<double> all = rates(options);
  // Middles of the steps: 0.05, 0.15, 0.25 of the run rise to the peak at 0.3; 0.65 is half way
  // down the cosine.
  EXPECT_NEAR(all[0], 0.08 * 0.05 / 0.3, 1e-12);
  EXPECT_NEAR(all[1], 0.08 / 2, 1e-12);
  EXPECT_NEAR(all[2], 0.08 * 0.25 / 0.3, 1e-12);
  EXPECT_NEAR(all[6], 0.08 / 2, 1e-12);
  // A cosine is symmetric about its middle: 0.55 and 0.75 of the run.
  EXPECT_NEAR(all[5] + all[7], 0.08, 1e-12);
  EXPECT_EQ(learning_rate_at(options, kRunSteps, kRunSteps, kPerEpoch), 0);
}

TEST(Schedule, OneCycleRisesToThePeakThenFallsToZero) {
  const ScheduleOptions options{
      .kind = ScheduleKind::one_cycle, .learning_rate = 1, .warmup = 0.25};
  constexpr std::int64_t kLong = 1000;
  const std::vector<double> all = rates(options, kLong);
  const auto peak = all.begin() + 250;
  EXPECT_EQ(std::adjacent_find(all.begin(), peak, std::greater_equal{}), peak);
  EXPECT_EQ(std::adjacent_find(peak, all.end(), std::less_equal{}), all.end());
  EXPECT_GT(all[250], 0.99);
  EXPECT_GT(all.back(), 0);
  EXPECT_LT(all.back(), 1e-5);
}

TEST(Schedule, OneCycleWithoutAndWithNothingButWarmup) {
  ScheduleOptions options{.kind = ScheduleKind::one_cycle, .learning_rate = 1, .warmup = 0};
  EXPECT_THAT(rates(options, 1), testing::ElementsAre(testing::DoubleNear(0.5, 1e-12)));
  EXPECT_NEAR(rates(options)[0], 1, 0.01);
  options.warmup = 1;
  EXPECT_NEAR(rates(options)[9], 0.95, 1e-12);
}

TEST(Schedule, ValidationRefusesWhatIsOutOfRange) {
  EXPECT_NO_THROW(validate(ScheduleOptions{}));
  EXPECT_NO_THROW(validate(ScheduleOptions{.warmup = 0}));
  EXPECT_NO_THROW(validate(ScheduleOptions{.warmup = 1}));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<ScheduleOptions> hostile{
      {.learning_rate = 0},   {.learning_rate = -1},
      {.learning_rate = nan}, {.learning_rate = std::numeric_limits<double>::infinity()},
      {.step_factor = 0},     {.step_factor = nan},
      {.step_epochs = 0},     {.step_epochs = -3},
      {.warmup = -0.1},       {.warmup = 1.1},
      {.warmup = nan}};
  for (std::size_t i = 0; i < hostile.size(); ++i)
    EXPECT_THROW(validate(hostile[i]), ArgumentError) << "options " << i;
}

}  // namespace
}  // namespace karnin
