#include "runtime/core/checked.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace karnin {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

TEST(Checked, MultipliesUpToTheLargest) {
  EXPECT_EQ(checked_mul(0, kMax), 0);
  EXPECT_EQ(checked_mul(kMax, 1), kMax);
  EXPECT_EQ(checked_mul(kMax / 2, 2), kMax - 1);
  EXPECT_THROW(checked_mul(kMax / 2 + 1, 2), ArgumentError);
  EXPECT_THROW(checked_mul(std::int64_t{1} << 32, std::int64_t{1} << 32), ArgumentError);
}

TEST(Checked, AddsUpToTheLargest) {
  EXPECT_EQ(checked_add(kMax - 1, 1), kMax);
  EXPECT_THROW(checked_add(kMax, 1), ArgumentError);
}

TEST(Checked, RefusesNegativeSizes) {
  EXPECT_THROW(checked_mul(-1, 0), ArgumentError);
  EXPECT_THROW(checked_mul(3, -1), ArgumentError);
  EXPECT_THROW(checked_add(-1, 5), ArgumentError);
  EXPECT_THROW(checked_add(5, std::numeric_limits<std::int64_t>::min()), ArgumentError);
}

TEST(Checked, MessageHoldsBothNumbers) {
  try {
    checked_mul(kMax, 7);
    FAIL() << "no exception";
  } catch (const ArgumentError& error) {
    EXPECT_STREQ(error.what(), "size out of range: 9223372036854775807 x 7");
  }
}

TEST(Checked, CountsElements) {
  const auto count = [](std::vector<std::int64_t> dims) { return element_count(dims); };
  EXPECT_EQ(count({}), 1);
  EXPECT_EQ(count({5}), 5);
  EXPECT_EQ(count({2, 3, 7}), 42);
  EXPECT_EQ(count({2, 0, 7}), 0);
  EXPECT_THROW(count({0, -1}), ArgumentError);
  EXPECT_THROW(count({kMax, 2}), ArgumentError);
}

}  // namespace
}  // namespace karnin
