#include <gtest/gtest.h>

#include "cli/quantity.h"
#include "cli/table.h"

namespace karnin::cli {
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

TEST(Table, AlignsTextLeftAndNumbersRight) {
  Table table("lrr");
  table.add({"layer", "weights", "µs"});
  table.add({"fc1", "48,000", "1.25"});
  table.add({"a longer name", "7", ""});
  EXPECT_EQ(table.str(),
            "layer          weights    µs\n"
            "fc1             48,000  1.25\n"
            "a longer name        7\n");
}

TEST(Table, TextMayComeAfterNumbers) {
  Table table("lrl");
  table.add({"a", "n", "note"});
  table.add({"x", "10", ""});
  EXPECT_EQ(table.str(), "a   n  note\nx  10\n");
}

}  // namespace
}  // namespace karnin::cli
