#include "train/values/codebook.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace karnin {
namespace {

using ::testing::ElementsAre;

double squared_error(const std::vector<float>& values, const std::vector<float>& codebook) {
  double error = 0;
  for (const float value : values) {
    double least = std::numeric_limits<double>::max();
    for (const float entry : codebook) least = std::min(least, std::pow(double{value} - entry, 2));
    error += least;
  }
  return error;
}

TEST(Codebook, FewValuesAreTheirOwn) {
  EXPECT_THAT(make_codebook(std::vector<float>{0.3F, -1, 0.3F, 7}, 3), ElementsAre(-1, 0.3F, 7));
  EXPECT_THAT(make_codebook(std::vector<float>(9, 0.1F), 2), ElementsAre(0.1F));
}

TEST(Codebook, FindsClusters) {
  std::vector<float> values;
  for (const float centre : {-3.0F, 0.5F, 2.0F})
    for (int i = -20; i <= 20; ++i) values.push_back(centre + 0.005F * static_cast<float>(i));
  EXPECT_THAT(make_codebook(values, 3), ElementsAre(-3.0F, 0.5F, 2.0F));
}

/// Every way to cut the sorted values into three runs, by brute force.
TEST(Codebook, IsNearTheBestOfAllPartitions) {
  std::mt19937 rng(3);
  std::normal_distribution<float> normal;
  for (int round = 0; round < 20; ++round) {
    std::vector<float> values(40);
    for (float& value : values) value = normal(rng);
    std::ranges::sort(values);
    const auto mean = [&](std::size_t first, std::size_t end) {
      double sum = 0;
      for (std::size_t i = first; i < end; ++i) sum += values[i];
      return static_cast<float>(sum / static_cast<double>(end - first));
    };
    double best = std::numeric_limits<double>::max();
    for (std::size_t a = 1; a < 39; ++a)
      for (std::size_t b = a + 1; b < 40; ++b)
        best = std::min(best, squared_error(values, {mean(0, a), mean(a, b), mean(b, 40)}));
    EXPECT_LE(squared_error(values, make_codebook(values, 3)), 1.3 * best);
  }
}

TEST(Codebook, EntriesAscendAndHaveTenBits) {
  std::mt19937 rng(4);
  std::normal_distribution<float> normal;
  std::vector<float> values(3000);
  for (float& value : values) value = normal(rng);
  for (const int entries : {2, 16, 256}) {
    const std::vector<float> codebook = make_codebook(values, entries);
    EXPECT_LE(codebook.size(), static_cast<std::size_t>(entries));
    EXPECT_TRUE(std::ranges::is_sorted(codebook, std::ranges::less_equal()));
    for (const float entry : codebook) {
      int exponent = 0;
      const float scaled = std::ldexp(std::frexp(entry, &exponent), 11);
      EXPECT_EQ(scaled, std::nearbyint(scaled)) << entry;
    }
  }
}

TEST(Codebook, NearestEntryBreaksTiesDownwards) {
  const std::vector<float> codebook{-1, 1, 4};
  for (const auto& [value, index] :
       {std::pair{-9.0F, 0}, {-1.0F, 0}, {0.0F, 0}, {0.1F, 1}, {2.5F, 1}, {2.6F, 2}, {99.0F, 2}})
    EXPECT_EQ(nearest_entry(codebook, value), static_cast<std::size_t>(index)) << value;
}

// The distances from 0.0005 to -1 and to 1.001 are the same float, rounded.
TEST(Codebook, NearestEntryIsExact) {
  const float upper = 1.001F;
  const std::vector<float> codebook{-1, upper};
  const auto middle = static_cast<float>((double{upper} - 1) / 2);
  EXPECT_EQ(nearest_entry(codebook, middle), 0U);
  EXPECT_EQ(nearest_entry(codebook, std::nextafter(middle, 1.0F)), 1U);
  EXPECT_EQ(last_nearer(-1, upper), middle);
  EXPECT_EQ(last_nearer(1, std::nextafter(1.0F, 2.0F)), 1.0F) << "no value between them";
}

}  // namespace
}  // namespace karnin
