#include "train/loop/optimizer.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"
#include "runtime/graph/networks.h"
#include "tests/support/isa_level.h"
#include "tests/support/small_network.h"
#include "train/loop/initialise.h"

namespace karnin {
namespace {

constexpr double kRate = 0.1;

Model small_model() {
  Model model = make_model(test::small_network({1, 12, 12}, 4));
  initialise(model, 3);
  return model;
}

/// Keeps every third weight of every parameter from ever moving.
void prune_thirds(Model& model) {
  for (Parameter& parameter : model.parameters) {
    parameter.mask.assign(static_cast<std::size_t>(parameter.value.size()), 1);
    for (std::size_t i = 0; i < parameter.mask.size(); i += 3) {
      parameter.mask[i] = 0;
      parameter.value.data()[i] = 0.0F;
    }
  }
}

/// The equations of optimizer.h in double, one weight at a time.
struct ReferenceSgd {
  SgdOptions options;
  double w = 0;
  double v = 0;
  bool pruned = false;

  double step(double gradient) {
    if (pruned) return 0;
    const double before = w;
    const double g = gradient + options.weight_decay * w;
    v = options.momentum * v + g;
    w -= kRate * (options.nesterov ? g + options.momentum * v : v);
    return w - before;
  }
};

void expect_equations(const SgdOptions& options, bool with_masks) {
  Model model = small_model();
  if (with_masks) prune_thirds(model);
  const MaskSet held(model);
  SgdOptimizer optimizer(model, held, options);
  std::vector<std::vector<ReferenceSgd>> expected;
  for (const Parameter& parameter : model.parameters) {
    expected.emplace_back();
    for (std::size_t i = 0; i < parameter.value.span().size(); ++i)
      expected.back().push_back(
          {options, parameter.value.span()[i], 0, with_masks && parameter.mask[i] == 0});
  }
  CounterRng rng(11);
  std::vector<float> gradient(kRangeElements), delta(kRangeElements);
  for (int step = 0; step < 8; ++step)
    for (const ParameterRange& range : parameter_ranges(model)) {
      for (float& g : gradient) g = static_cast<float>(2 * rng.uniform() - 1);
      optimizer.update(range, gradient.data(), kRate, delta.data());
      for (std::int64_t i = 0; i < range.count; ++i) {
        const auto at = static_cast<std::size_t>(range.offset + i);
        ReferenceSgd& reference = expected[range.parameter][at];
        const double moved = reference.step(gradient[static_cast<std::size_t>(i)]);
        // |w| and |v| stay below 8; a step rounds a handful of times, eight steps add up to
        // at most about fifty roundings of 8 * 2^-24 each.
        constexpr double kTolerance = 50 * 8 * 0x1p-24;
        EXPECT_NEAR(delta[static_cast<std::size_t>(i)], moved, kTolerance);
        EXPECT_NEAR(model.parameters[range.parameter].value.span()[at], reference.w, kTolerance);
        EXPECT_NEAR(optimizer.velocity()[range.parameter][at], reference.v, kTolerance);
      }
    }
}

TEST(SgdOptimizer, FollowsItsEquations) {
  for (const bool masks : {false, true})
    for (const SgdOptions& options :
         {SgdOptions{0, 0, false}, SgdOptions{0.9, 0, false}, SgdOptions{0.9, 0.05, false},
          SgdOptions{0.9, 0.05, true}, SgdOptions{0, 0.05, true}})
      expect_equations(options, masks);
}

TEST(SgdOptimizer, APrunedWeightAndItsVelocityAreExactlyZero) {
  Model model = small_model();
  prune_thirds(model);
  const MaskSet masks(model);
  SgdOptimizer optimizer(model, masks, {0.9, 0.01, true});
  const std::vector<float> gradient(kRangeElements, 1.0F);
  std::vector<float> delta(kRangeElements);
  for (int step = 0; step < 3; ++step)
    for (const ParameterRange& range : parameter_ranges(model))
      optimizer.update(range, gradient.data(), kRate, delta.data());
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    for (std::size_t i = 0; i < model.parameters[p].mask.size(); ++i) {
      const bool pruned = model.parameters[p].mask[i] == 0;
      EXPECT_EQ(model.parameters[p].value.span()[i] == 0.0F, pruned);
      EXPECT_EQ(optimizer.velocity()[p][i] == 0.0F, pruned);
    }
}

TEST(SgdOptimizer, RefusesOptionsOutOfRange) {
  Model model = small_model();
  const MaskSet masks(model);
  for (const double momentum : {-0.1, 1.0, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(SgdOptimizer(model, masks, {momentum, 0, false}), ArgumentError);
  for (const double decay : {-0.1, std::numeric_limits<double>::infinity()})
    EXPECT_THROW(SgdOptimizer(model, masks, {0.9, decay, false}), ArgumentError);
}

TEST(ParameterRanges, CoverEveryParameterOnceAndNeverCross) {
  const Model model = make_model(khanal2018());
  std::vector<std::int64_t> covered(model.parameters.size());
  std::size_t last = 0;
  for (const ParameterRange& range : parameter_ranges(model)) {
    EXPECT_GE(range.parameter, last);
    EXPECT_EQ(range.offset, covered[range.parameter]);
    EXPECT_GE(range.count, 1);
    EXPECT_LE(range.count, kRangeElements);
    covered[range.parameter] += range.count;
    last = range.parameter;
  }
  for (std::size_t p = 0; p < covered.size(); ++p)
    EXPECT_EQ(covered[p], model.parameters[p].value.size());
}

}  // namespace
}  // namespace karnin
