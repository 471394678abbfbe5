#include "train/calibration/removal_losses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/support/fill.h"
#include "tests/support/least_squares.h"

namespace karnin {
namespace {

/// The second moments of so many inputs over some images.
test::Matrix moments(std::size_t n) {
  const std::size_t images = 3 * n;
  const auto x = test::uniforms(static_cast<std::int64_t>(images * n), 4);
  test::Matrix h(n, std::vector<double>(n));
  for (std::size_t image = 0; image < images; ++image)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        h[i][j] +=
            double{x[image * n + i]} * double{x[image * n + j]} / static_cast<double>(images);
  return h;
}

SymmetricMatrix inverse_of(const test::Matrix& h) {
  const auto n = static_cast<std::int64_t>(h.size());
  SymmetricMatrix inverse(n);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j)
      inverse.row(i)[j] =
          static_cast<float>(h[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)]);
  inverse.invert();
  return inverse;
}

/// The least mean squared error against the row `w` that these of its weights can have.
double least_error(const test::Matrix& h, const std::vector<float>& w,
                   const std::vector<std::size_t>& kept) {
  const auto times_h = [&](std::size_t i) {
    double sum = 0;
    for (std::size_t j = 0; j < w.size(); ++j) sum += h[i][j] * double{w[j]};
    return sum;
  };
  std::vector<double> g;
  for (const std::size_t i : kept) g.push_back(times_h(i));
  const std::vector<double> best = test::solution(test::part(h, kept), g);
  double error = 0;
  for (std::size_t i = 0; i < w.size(); ++i) error += double{w[i]} * times_h(i);
  for (std::size_t i = 0; i < kept.size(); ++i) error -= best[i] * g[i];
  return error;
}

/// One after the other, each time the one that costs least with all others fitted anew.
std::vector<double> brute_force(const test::Matrix& h, const std::vector<float>& w,
                                std::vector<std::size_t> kept) {
  std::vector<double> losses(w.size());
  double before = least_error(h, w, kept), floor = 0;
  while (!kept.empty()) {
    std::size_t best = 0;
    double least = 1e9;
    for (std::size_t k = 0; k < kept.size(); ++k) {
      std::vector<std::size_t> rest = kept;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(k));
      if (const double error = least_error(h, w, rest); error < least) least = error, best = k;
    }
    floor = std::max(floor, least - before);
    losses[kept[best]] = floor;
    before = least;
    kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(best));
  }
  return losses;
}

TEST(RemovalLosses, AreThoseOfBruteForceWhereOneWeightGoesAtATime) {
  const test::Matrix h = moments(4);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto w = test::uniforms(4, seed);
    const std::vector<float> weights(w.begin(), w.end());
    const std::vector<double> expected = brute_force(h, weights, {0, 1, 2, 3});
    const std::vector<float> losses = removal_losses(inverse_of(h), weights, {});
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(losses[i], expected[i], 1e-5) << seed;
  }
}

TEST(RemovalLosses, OfWhatIsPrunedAreNothing) {
  const test::Matrix h = moments(5);
  const std::vector<float> weights{0.5F, 0, -0.3F, 0.2F, 0.9F};
  const std::vector<std::uint8_t> mask{1, 0, 1, 1, 1};
  const std::vector<float> losses = removal_losses(inverse_of(h), weights, mask);
  EXPECT_EQ(losses[1], 0);
  // The others are as if it had never been there.
  const std::vector<double> expected =
      brute_force(test::part(h, {0, 2, 3, 4}), {0.5F, -0.3F, 0.2F, 0.9F}, {0, 1, 2, 3});
  EXPECT_NEAR(losses[0], expected[0], 1e-5);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_NEAR(losses[i + 1], expected[i], 1e-5);
}

/// In rounds they are those of one after the other as good as: of a long row, the half that costs
/// least leaves hardly a larger error than the half that goes one by one.
TEST(RemovalLosses, InRoundsFindAsGoodAHalf) {
  constexpr std::size_t kColumns = 20;
  const test::Matrix h = moments(kColumns);
  const auto w = test::uniforms(kColumns, 7);
  const std::vector<float> weights(w.begin(), w.end());
  const auto error_of = [&](const auto& losses) {
    std::vector<std::size_t> order(kColumns);
    for (std::size_t i = 0; i < kColumns; ++i) order[i] = i;
    std::ranges::sort(order, std::greater(), [&](std::size_t i) { return losses[i]; });
    order.resize(kColumns / 2);
    std::ranges::sort(order);
    return least_error(h, weights, order);
  };
  std::vector<std::size_t> all(kColumns);
  for (std::size_t i = 0; i < kColumns; ++i) all[i] = i;
  EXPECT_LT(error_of(removal_losses(inverse_of(h), weights, {})),
            1.2 * error_of(brute_force(h, weights, all)));
}

}  // namespace
}  // namespace karnin
