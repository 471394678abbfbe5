#include "cli/console/table.h"

#include <gtest/gtest.h>

namespace karnin::cli {
namespace {

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

TEST(Table, ShortensNamesInTheMiddle) {
  EXPECT_EQ(shortened(std::string(40, 'x')), std::string(40, 'x'));
  EXPECT_EQ(shortened("model/conv2d/Conv2D;model/batch_normalization/FusedBatchNormV3"),
            "model/conv2d...lization/FusedBatchNormV3");
  std::string umlauts;  // of two bytes each, the first behind an odd number of others
  for (int i = 0; i < 30; ++i) umlauts += "ü";
  EXPECT_EQ(shortened("x" + umlauts), "x" + umlauts.substr(0, 10) + "..." + umlauts.substr(36));
}

}  // namespace
}  // namespace karnin::cli
