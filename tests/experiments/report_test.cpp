// What a report says of few numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/experiments/report_tables.h"

namespace karnin {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Report, TheMedianOfAnEvenNumberLiesBetweenTheMiddleTwo) {
  EXPECT_EQ(range_of({7}), "7");
  EXPECT_EQ(range_of({7, 7}), "7");
  EXPECT_THAT(range_of({30, 1, 18}), StartsWith("18<"));
  EXPECT_THAT(range_of({18, 35}), StartsWith("26.5<"));
  EXPECT_THAT(range_of({48000, 18, 1, 1002}), StartsWith("510<"));
  EXPECT_THAT(range_of({48000, 18, 1, 1002}), HasSubstr("1 – 48,000"));
}

TEST(Report, OneSeedHasNoDeviation) {
  const std::vector<double> one{56.14};
  EXPECT_EQ(with_sd(spread_of(one)), "56.1");
  const std::vector<double> two{56, 58};
  EXPECT_THAT(with_sd(spread_of(two)), HasSubstr("± 1.4"));
}

}  // namespace
}  // namespace karnin
