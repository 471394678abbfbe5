#include "formats/report/quantity.h"

#include <gtest/gtest.h>

namespace karnin {
namespace {

TEST(Quantity, CountsAreGrouped) {
  EXPECT_EQ(count(0), "0");
  EXPECT_EQ(count(999), "999");
  EXPECT_EQ(count(1000), "1,000");
  EXPECT_EQ(count(1234567), "1,234,567");
  EXPECT_EQ(count(-100), "-100");
  EXPECT_EQ(count(-1000), "-1,000");
}

TEST(Quantity, BytesChangeTheirUnitWhereTheyRound) {
  EXPECT_EQ(bytes(999), "999 B");
  EXPECT_EQ(bytes(1000), "1.0 kB");
  EXPECT_EQ(bytes(999'949), "999.9 kB");
  EXPECT_EQ(bytes(999'950), "1.0 MB");
}

TEST(Quantity, DurationsGrowHours) {
  EXPECT_EQ(duration(0.4), "0:00");
  EXPECT_EQ(duration(59.6), "1:00");
  EXPECT_EQ(duration(3599), "59:59");
  EXPECT_EQ(duration(3723), "1:02:03");
}

TEST(Quantity, SharesArePercent) { EXPECT_EQ(percent(0.57024), "57.02 %"); }

}  // namespace
}  // namespace karnin
