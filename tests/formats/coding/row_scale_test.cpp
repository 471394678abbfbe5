#include "formats/coding/row_scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace karnin {
namespace {

TEST(RowScale, FindsTheLargestThatDividesAll) {
  EXPECT_EQ(row_scale(std::vector<float>{0.5F, -1.5F, 2.0F}), 0.5F);
  EXPECT_EQ(row_scale(std::vector<float>{6.0F, 10.0F}), 2.0F);
  EXPECT_EQ(row_scale(std::vector<float>{-7.0F}), 7.0F);
  EXPECT_EQ(row_scale(std::vector<float>{127.0F, 1.0F}), 1.0F);
  EXPECT_EQ(row_scale(std::vector<float>{128.0F, 1.0F}), std::nullopt);
  EXPECT_EQ(row_scale(std::vector<float>{0.0F, 0.0F}), 0.0F);
  EXPECT_EQ(row_scale(std::vector<float>{}), 0.0F);
  EXPECT_EQ(row_scale(std::vector<float>{1.0F, -0.0F}), std::nullopt) << "the sign would be lost";
}

TEST(RowScale, IsExactAtBothEndsOfTheRange) {
  const float denormal = 0x1p-149F;
  EXPECT_EQ(row_scale(std::vector<float>{denormal, 3 * denormal}), denormal);
  EXPECT_EQ(row_scale(std::vector<float>{0x1p127F, -0x1.8p127F}), 0x1p126F);
  EXPECT_EQ(row_scale(std::vector<float>{0x1p127F, denormal}), std::nullopt);
}

TEST(RowScale, RandomRowsAreMultiplesOfIt) {
  std::mt19937 rng(4);
  for (int round = 0; round < 500; ++round) {
    const float step =
        std::ldexp(static_cast<float>(65536 + rng() % 65536), static_cast<int>(rng() % 60) - 40);
    std::vector<float> row(1 + rng() % 20);
    for (float& value : row) value = (static_cast<float>(rng() % 255) - 127.0F) * step;
    for (float& value : row) value += 0.0F;
    const auto scale = row_scale(row);
    ASSERT_TRUE(scale.has_value());
    for (const float value : row) {
      const float multiple = *scale == 0 ? 0 : value / *scale;
      EXPECT_EQ(multiple, std::nearbyint(multiple));
      EXPECT_LE(std::fabs(multiple), 127);
      EXPECT_EQ(multiple * *scale, value);
    }
  }
}

}  // namespace
}  // namespace karnin
