#include "cli/options/number.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace karnin::cli {
namespace {

template <typename T>
std::string refusal(std::string_view word, const Range<T>& range) {
  try {
    return fmt::format("{}", parse_number("--x", word, range));
  } catch (const ArgumentError& error) {
    return error.what();
  }
}

TEST(Number, IsDecimalWhateverZerosLead) {
  EXPECT_EQ(parse_number<int>("--x", "010", {0, 99}), 10);
  EXPECT_EQ(parse_number<int>("--x", "08", {0, 99}), 8);
  EXPECT_EQ(parse_number<std::uint64_t>("--x", "18446744073709551615", {0, UINT64_MAX}),
            UINT64_MAX);
  EXPECT_EQ(parse_number("--x", "1e-3", kShare), 0.001);
  EXPECT_EQ(parse_number("--x", ".5", kShare), 0.5);
  EXPECT_EQ(parse_number("--x", "1", kShare), 1);
}

TEST(Number, IsTheWholeWordAndNothingElse) {
  for (const char* word :
       {"",    " ",   "5 ", " 5",  "+5",   "-5",  "-0",  "0x5",    "5x",  "1_0", "1,0",
        "1'0", "5.0", "5.", "1e0", "five", "nan", "inf", "--json", "[5]", "5;",  "٥"})
    EXPECT_EQ(
        refusal<std::int64_t>(word, {0, 9}).find("--x: expected a whole number from 0 to 9, "), 0U)
        << word;
  for (const char* word : {"", " ", "0.5 ", " 0.5", "+0.5", "-0.5", "-0", "-0.0", "0x1p-1", "0,5",
                           "0.5x", "half", "inf", "infinity", "1e", "e1", ".", "50%", "1e-400"})
    EXPECT_EQ(refusal(word, kShare),
              fmt::format("--x: expected a number from 0 to 1, got '{}'", word));
  for (const char* word : {"nan", "NaN", "-nan", "nan(0)"})
    EXPECT_EQ(refusal(word, kShare), "--x: expected a number from 0 to 1, got NaN");
}

TEST(Number, IsInRangeHoweverLong) {
  const std::string wide(400, '9');
  for (const std::string& word : {std::string("10"), std::string("18446744073709551616"), wide}) {
    EXPECT_EQ(refusal<std::int64_t>(word, {1, 9}),
              "--x: expected a whole number from 1 to 9, got '" + word + "'");
    EXPECT_NE(refusal<std::uint64_t>(word, {1, 9}).find("expected"), std::string::npos);
  }
  EXPECT_EQ(refusal(wide, kPositive), "--x: expected a finite number above 0, got '" + wide + "'");
  EXPECT_EQ(refusal("0", kPositive), "--x: expected a finite number above 0, got '0'");
  EXPECT_EQ(refusal("inf", kPositive), "--x: expected a finite number above 0, got 'inf'");
  EXPECT_EQ(refusal("1", kShareBelowOne), "--x: expected a number from 0 to below 1, got '1'");
}

TEST(Number, SaysItsRangeInWords) {
  EXPECT_EQ(in_words(Range<double>{0, kUnbounded}), "a finite number from 0 on");
  EXPECT_EQ(in_words(Range<double>{0.001, 1000}), "a number from 0.001 to 1000");
  EXPECT_EQ(in_words(Range<double>{0, 1, true, false}), "a number above 0 and at most 1");
  EXPECT_EQ(in_words(Range<double>{0, 1, true, true}), "a number above 0 and below 1");
}

}  // namespace
}  // namespace karnin::cli
