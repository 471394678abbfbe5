#include "cli/options/value_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

using testing::ElementsAre;

TEST(ValueList, IsAListOrARange) {
  EXPECT_THAT(parse_values("--x", "0.5"), ElementsAre(0.5));
  EXPECT_THAT(parse_values("--x", "0.9,0.1,0.5"), ElementsAre(0.9, 0.1, 0.5));
  EXPECT_THAT(parse_values("--x", "0.1:0.5:3"), ElementsAre(0.1, 0.3, 0.5));
  EXPECT_THAT(parse_values("--x", "1:0:2"), ElementsAre(1, 0));
}

TEST(ValueList, RefusesAnythingElse) {
  for (const char* text : {"", ",", "0.5,", "a", "0.5 0.6", "0:1", "0:1:1", "0:1:2.5", "0:1:1001",
                           "0:1:-3", "nan", "inf", "0:1:2:3", "0.5;0.6"})
    EXPECT_THROW(parse_values("--x", text), ArgumentError) << text;
  EXPECT_THROW(parse_values("--x", std::string(4000, '1') + ",1"), ArgumentError);
}

TEST(ValueList, HoldsANumberOnce) {
  for (const char* text : {"0.5,0.5", "0.5,0.7,0.50", "0.5:0.5:2"})
    EXPECT_THROW(parse_values("--x", text), ArgumentError) << text;
  EXPECT_THROW(parse_counts("--x", "1,16,01", {1, 64}), ArgumentError);
}

TEST(ValueList, SequencesMayHoldANumberTwice) {
  EXPECT_THAT(parse_sequence("--x", "0.5,0.4,0.5", {0, 1}), ElementsAre(0.5, 0.4, 0.5));
  for (const char* text : {"", "0.5,", "0:1:2", "1.5", "-0.5"})
    EXPECT_THROW(parse_sequence("--x", text, {0, 1}), ArgumentError) << text;
}

TEST(ValueList, HoldsNumbersOfItsRange) {
  for (const char* text : {"0.5,1.5", "0:1.5:3", "-0.1", "0.1:-0:3", "0.5, 0.6", "0:1:3.0"})
    EXPECT_THROW(parse_values("--x", text), ArgumentError) << text;
  EXPECT_THAT(parse_values("--x", "5,7.5", {0, 10}), ElementsAre(5, 7.5));
}

TEST(ValueList, HoldsWholeNumbers) {
  EXPECT_THAT(parse_counts("--x", "1,016,64", {1, 64}), ElementsAre(1, 16, 64));
  EXPECT_THAT(parse_counts("--x", "1:9:3", {1, 64}), ElementsAre(1, 5, 9));
  for (const char* text : {"16,64.0", "0", "65", "1e1", "0x10", "1:8:3", "+1", "1;2", "1,,2"})
    EXPECT_THROW(parse_counts("--x", text, {1, 64}), ArgumentError) << text;
}

}  // namespace
}  // namespace karnin::cli
