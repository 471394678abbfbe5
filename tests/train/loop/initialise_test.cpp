#include "train/loop/initialise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "runtime/graph/networks.h"

namespace karnin {
namespace {

Model initialised(std::uint64_t seed) {
  Model model = make_model(khanal2018());
  initialise(model, seed);
  return model;
}

TEST(Initialise, FillsTheFanInInterval) {
  const Model model = initialised(1);
  const double fan_in[] = {75, 75, 250, 250, 400, 400, 120, 120, 84, 84};  // weight, bias by layer
  ASSERT_EQ(model.parameters.size(), std::size(fan_in));
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    const double bound = 1 / std::sqrt(fan_in[p]);
    double sum = 0, squares = 0;
    for (const float w : model.parameters[p].value.span()) {
      ASSERT_LE(std::abs(w), bound);
      sum += w;
      squares += static_cast<double>(w) * w;
    }
    // A uniform number on [-b, b] has deviation b / sqrt(3), its square mean b^2 / 3 and deviation
    // b^2 sqrt(4 / 45). Five deviations.
    const auto n = static_cast<double>(model.parameters[p].value.size());
    EXPECT_NEAR(sum / n, 0, 5 * bound / std::sqrt(3 * n)) << model.parameters[p].name;
    EXPECT_NEAR(squares / n, bound * bound / 3, 5 * bound * bound * std::sqrt(4 / (45 * n)))
        << model.parameters[p].name;
  }
}

TEST(Initialise, DependsOnTheSeedAlone) {
  EXPECT_EQ(initialised(7), initialised(7));
  const Model a = initialised(7), b = initialised(8);
  for (std::size_t p = 0; p < a.parameters.size(); ++p)
    EXPECT_NE(a.parameters[p].value, b.parameters[p].value);
}

TEST(Initialise, PrunedWeightsStayZero) {
  Model model = make_model(khanal2018());
  Parameter& fc1 = model.parameters[4];
  fc1.mask.assign(static_cast<std::size_t>(fc1.value.size()), 1);
  for (std::size_t i = 0; i < fc1.mask.size(); i += 3) fc1.mask[i] = 0;
  initialise(model, 1);
  EXPECT_NO_THROW(validate(model));
  EXPECT_EQ(count_nonzero(fc1), std::reduce(fc1.mask.begin(), fc1.mask.end(), 0));
}

}  // namespace
}  // namespace karnin
