#include "train/values/quantise.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "runtime/core/error.h"
#include "train/values/rounding.h"

namespace karnin {
namespace {

/// Two fully connected layers, the first one masked.
Model random_model() {
  Model model = make_model(
      make_chain("n", {1, 4, 5}, {{"fc1", FullyConnected{12}}, {"fc2", FullyConnected{30}}}));
  std::mt19937 rng(1);
  std::normal_distribution<float> normal(0, 0.1F);
  for (Parameter& parameter : model.parameters)
    for (float& value : parameter.value.span()) value = normal(rng);
  Parameter& masked = model.parameters[0];
  for (std::int64_t i = 0; i < masked.value.size(); ++i) {
    masked.mask.push_back(i % 3 == 0 ? 1 : 0);
    if (i % 3 != 0) masked.value.data()[i] = 0;
  }
  return model;
}

Model quantised(const QuantiseOptions& options) {
  Model model = random_model();
  quantise(model, options);
  EXPECT_NO_THROW(validate(model));
  return model;
}

/// The largest difference to random_model() in a parameter.
double largest_error(const Model& model, std::size_t p) {
  const Model exact = random_model();
  double error = 0;
  for (std::int64_t i = 0; i < exact.parameters[p].value.size(); ++i)
    error = std::max(error, std::abs(double{model.parameters[p].value.data()[i]} -
                                     exact.parameters[p].value.data()[i]));
  return error;
}

TEST(Rounding, F16IsTheNearestOfAll) {
  // All finite binary16 numbers of one sign, worked out from their definition.
  std::vector<double> all;
  for (int exponent = 0; exponent < 31; ++exponent)
    for (int mantissa = 0; mantissa < 1024; ++mantissa)
      all.push_back(exponent == 0 ? std::ldexp(mantissa, -24)
                                  : std::ldexp(1024 + mantissa, exponent - 25));
  std::mt19937 rng(2);
  for (int round = 0; round < 20'000; ++round) {
    const float value =
        std::ldexp(1 + std::generate_canonical<float, 24>(rng), static_cast<int>(rng() % 44) - 27);
    const double rounded = round_to_f16(value);
    const auto above = std::ranges::lower_bound(all, rounded);
    ASSERT_TRUE(above != all.end() && *above == rounded) << value;
    for (const auto neighbour :
         {above - (above == all.begin() ? 0 : 1), above + (above + 1 == all.end() ? 0 : 1)})
      ASSERT_LE(std::abs(rounded - value), std::abs(*neighbour - value)) << value;
    ASSERT_EQ(round_to_f16(-value), -rounded);
  }
  EXPECT_EQ(round_to_f16(1e30F), 65504.0F);
  EXPECT_EQ(round_to_f16(1 + 0x1p-11F), 1.0F) << "a tie goes to the even one";
  EXPECT_EQ(round_to_f16(1 + 3 * 0x1p-11F), 1 + 0x1p-9F);
}

TEST(Rounding, Bf16KeepsTheRangeOfF32) {
  EXPECT_EQ(round_to_bf16(1 + 0x1p-8F), 1.0F);
  EXPECT_EQ(round_to_bf16(1 + 3 * 0x1p-8F), 1 + 0x1p-6F);
  EXPECT_EQ(round_to_bf16(std::numeric_limits<float>::max()), 0x1.fep127F);
  EXPECT_EQ(round_to_bf16(-std::numeric_limits<float>::max()), -0x1.fep127F);
  EXPECT_FALSE(std::signbit(round_to_bf16(-0x1p-149F))) << "zero has no sign";
}

TEST(Quantise, F32LeavesTheBits) { EXPECT_EQ(quantised({ValueKind::f32}), random_model()); }

TEST(Quantise, EveryKindRoundsWithinItsStep) {
  for (std::size_t p = 0; p < 4; ++p) {
    EXPECT_LE(largest_error(quantised({ValueKind::f16}), p), 0.5 * 0x1p-12) << "below 0.5";
    EXPECT_LE(largest_error(quantised({ValueKind::bf16}), p), 0.5 * 0x1p-9);
    EXPECT_LE(largest_error(quantised({ValueKind::int8}), p), 0.5 * 0.5 / 127 * 1.001);
  }
}

TEST(Quantise, Int8RowsAreIntegersTimesAStep) {
  const Model model = quantised({ValueKind::int8});
  const Parameter& weights = model.parameters[2];
  for (int row = 0; row < 30; ++row) {
    float largest = 0;
    for (int i = 0; i < 12; ++i)
      largest = std::max(largest, std::fabs(weights.value.data()[row * 12 + i]));
    const float step = largest / 127;
    for (int i = 0; i < 12; ++i) {
      const float multiple = weights.value.data()[row * 12 + i] / step;
      EXPECT_EQ(multiple * step, weights.value.data()[row * 12 + i]) << "exact";
      EXPECT_NEAR(multiple, std::nearbyint(multiple), 1e-4);
    }
  }
}

TEST(Quantise, CodebooksHaveTheEntriesAskedFor) {
  const Model model = quantised({ValueKind::codebook, 5});
  for (const std::size_t p : {0, 2}) {
    std::set<float> kept;
    const Parameter& parameter = model.parameters[p];
    for (std::size_t i = 0; i < parameter.value.span().size(); ++i)
      if (parameter.mask.empty() || parameter.mask[i] != 0) kept.insert(parameter.value.span()[i]);
    EXPECT_EQ(kept.size(), 5U) << parameter.name;
  }
  EXPECT_LT(largest_error(model, 1), 0.002) << "biases are integers";
}

TEST(Quantise, OnceIsEnough) {
  for (const ValueKind kind :
       {ValueKind::f16, ValueKind::bf16, ValueKind::int8, ValueKind::codebook}) {
    const Model once = quantised({kind, 7});
    Model twice = once;
    quantise(twice, {kind, 7});
    EXPECT_EQ(twice, once) << to_string(kind);
    EXPECT_EQ(once.parameters[0].mask, random_model().parameters[0].mask);
  }
}

TEST(Quantise, ZerosAndNothingKeptAreFine) {
  for (const ValueKind kind : {ValueKind::f16, ValueKind::int8, ValueKind::codebook}) {
    Model model = make_model(random_model().graph);
    model.parameters[2].mask.assign(360, 0);
    const Model before = model;
    quantise(model, {kind, 4});
    EXPECT_EQ(model, before);
  }
}

/// 1 and a thousandth in one row of int8 would be 1 and 0.
TEST(Quantise, LeavesNormalisationAsItIs) {
  Model model = make_model(make_chain(
      "n", {2, 1, 1}, {{"norm", BatchNorm{}}, {"slope", PRelu{}}, {"fc", FullyConnected{1}}}));
  for (Parameter& parameter : model.parameters) parameter.value.data()[0] = 1;
  for (Parameter& parameter : model.parameters)
    if (parameter.value.size() > 1) parameter.value.data()[1] = 1e-3F;
  const Model before = model;
  quantise(model, {ValueKind::int8});
  for (std::size_t p = 0; p < 5; ++p) EXPECT_EQ(model.parameters[p], before.parameters[p]) << p;
}

TEST(Quantise, ChecksItsOptions) {
  Model model = random_model();
  EXPECT_THROW(quantise(model, {ValueKind::codebook, 1}), ArgumentError);
  EXPECT_THROW(quantise(model, {ValueKind::codebook, 257}), ArgumentError);
  EXPECT_THROW(value_kind_from_string("f64"), ArgumentError);
  EXPECT_EQ(value_kind_from_string("bf16"), ValueKind::bf16);
}

}  // namespace
}  // namespace karnin
