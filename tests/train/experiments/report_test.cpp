// What a report says of few numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/experiments/report_headline.h"
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

/// Ahead by `lead` with each of two seeds, or with one.
Contest contest_with(double sparsity, double lead, std::size_t seeds) {
  const std::vector<double> leads(seeds, lead);
  return {sparsity, {{"x", {50 + lead}}, {"y", {50}}}, spread_of(leads), lead > 0 ? seeds : 0};
}

TEST(Report, NobodyWinsATie) {
  const std::string html = winners_html({contest_with(0.1, 0, 2), contest_with(0.2, 1, 2)});
  EXPECT_THAT(html, HasSubstr("<b>x</b> is best at 20 %"));
  EXPECT_THAT(html, HasSubstr("at 1 of 2 shares the best two tie"));
  EXPECT_THAT(html, HasSubstr("at 1 of 2 shares the best leads the second by less than two"));
}

TEST(Report, OneSeedSaysNothingOfChance) {
  const std::string html = winners_html({contest_with(0.1, 1, 1)});
  EXPECT_THAT(html, HasSubstr("<b>x</b> is best at 10 %"));
  EXPECT_THAT(html, testing::Not(HasSubstr("standard")));
}

}  // namespace
}  // namespace karnin
