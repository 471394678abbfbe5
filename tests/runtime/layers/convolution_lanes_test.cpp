#include "runtime/layers/convolution_lanes.h"

#include <gtest/gtest.h>

#include "runtime/kernels/kernels.h"
#include "runtime/layers/reorder_lanes.h"
#include "tests/runtime/layers/convolution_step.h"
#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_conv.h"
#include "tests/support/reference_pool.h"
#include "tests/support/reference_relu.h"

namespace karnin {
namespace {

using test::ConvCase;
using test::integers;
using test::to_float;
using test::Values;

struct Shape {
  Extent src;
  Conv2d spec;
};

/// Neither stride nor padding; odd and even numbers of positions.
const Shape kPlain[] = {{{3, 7, 6}, {.oc = 5, .kh = 3, .kw = 3}},
                        {{1, 6, 6}, {.oc = 9, .kh = 5, .kw = 4}},
                        {{2, 9, 11}, {.oc = 2, .kh = 2, .kw = 4}},
                        {{4, 2, 2}, {.oc = 3, .kh = 1, .kw = 1}}};
const Shape kOther[] = {
    {{9, 5, 6}, {.oc = 4, .kh = 3, .kw = 2, .sh = 2, .sw = 1, .ph = 1, .pw = 1}},
    {{2, 8, 7}, {.oc = 3, .kh = 3, .kw = 3, .sh = 3, .sw = 2}},
    {{1, 4, 5}, {.oc = 6, .kh = 3, .kw = 5, .ph = 2, .pw = 4}},
    {{2, 8, 9}, {.oc = 3, .kh = 3, .kw = 3, .sh = 2, .sw = 2, .ph = {0, 1}, .pw = {0, 1}}},
    {{3, 5, 6}, {.oc = 2, .kh = 2, .kw = 4, .ph = {1, 0}, .pw = {1, 3}}}};

/// Batches smaller than a vector, as large, and with a block that is not full.
std::vector<std::int64_t> batches() {
  const std::int64_t lanes = kernels::active().lanes;
  return {1, lanes - 1, lanes, 2 * lanes + 1};
}

template <typename Visit>
void for_each_case(const Visit& visit) {
  for (const std::int64_t images : batches()) {
    for (const Shape& s : kPlain) visit(ConvCase{images, s.src, s.spec});
    for (const Shape& s : kOther) visit(ConvCase{images, s.src, s.spec});
  }
}

test::PoolCase pool_behind(const ConvCase& c) { return {c.images, c.dst(), Pool2d{}}; }

ConvolutionLanesLayer lanes_layer(const ConvCase& c, const ConvolutionLanesOptions& options) {
  const Extent dst = options.pooled ? pool_behind(c).dst() : c.dst();
  return {"conv", c.spec, {c.images, c.src, lanes_layout()}, dst, options};
}

Values infer(const ConvolutionLanesLayer& layer, const Values& src) {
  test::LayerHarness harness(layer);
  harness.bind_inference();
  return harness.forward(src);
}

Values reference(const ConvCase& c, const Values& src, const Values& weights, const Values& bias,
                 bool relu) {
  const Values dst = to_float(reference_conv(c, src, weights, bias));
  return relu ? test::reference_relu(dst) : dst;
}

TEST(ConvolutionLanesLayer, RunsGroupsAndDilationInInferenceAlone) {
  for (const Conv2d& spec : {Conv2d{.oc = 12, .kh = 3, .kw = 3, .ph = 1, .pw = 1, .groups = 6},
                             Conv2d{.oc = 4, .kh = 3, .kw = 2, .dh = 2, .dw = 3}})
    for (const std::int64_t images : batches()) {
      const ConvCase c{images, {6, 9, 7}, spec};
      EXPECT_TRUE(ConvolutionLanesLayer::covers(spec, c.src, Purpose::inference));
      EXPECT_FALSE(ConvolutionLanesLayer::covers(spec, c.src, Purpose::training));
      const Values src = integers(c.src_size(), 1), weights = integers(c.weights_size(), 2);
      const Values bias = integers(c.spec.oc, 3);
      ConvolutionLanesLayer layer = lanes_layer(c, {.relu = true});
      layer.set_parameters(test::parameters(weights, bias));
      EXPECT_EQ(infer(layer, src), reference(c, src, weights, bias, true));
    }
}

TEST(ConvolutionLanesLayer, IsThatOfTheDefinition) {
  for_each_case([](const ConvCase& c) {
    const Values src = integers(c.src_size(), 1), weights = integers(c.weights_size(), 2);
    const Values bias = integers(c.spec.oc, 3);
    for (const bool relu : {false, true}) {
      ConvolutionLanesLayer layer = lanes_layer(c, {.relu = relu});
      layer.set_parameters(test::parameters(weights, bias));
      EXPECT_EQ(infer(layer, src), reference(c, src, weights, bias, relu));
    }
  });
}

/// Pruned weights are left out where that is worth it, and where padding doesn't forbid it.
TEST(ConvolutionLanesLayer, ComputesTheSameFromTheKeptWeights) {
  for_each_case([](const ConvCase& c) {
    const bool plain = c.spec == Conv2d{c.spec.oc, c.spec.kh, c.spec.kw};
    const Values src = integers(c.src_size(), 1), bias = integers(c.spec.oc, 3);
    for (const std::size_t one_in : {2U, 5U, 1000U}) {
      Values weights = integers(c.weights_size(), 2);
      for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= i % one_in == 1 ? 1 : 0;
      for (const bool pooled : {false, true}) {
        if (pooled && (!plain || c.dst().h < 2 || c.dst().w < 2)) continue;
        ConvolutionLanesLayer layer = lanes_layer(c, {.relu = true, .pooled = pooled});
        layer.set_parameters(test::parameters(weights, bias));
        EXPECT_TRUE(layer.sparse()) << layer.kernel();
        const Values dst = reference(c, src, weights, bias, true);
        EXPECT_EQ(infer(layer, src), pooled ? to_float(reference_pool(pool_behind(c), dst)) : dst);
      }
    }
  });
}

TEST(ConvolutionLanesLayer, PoolsWhatIsThere) {
  for (const std::int64_t images : batches())
    for (const Shape& s : kPlain) {
      const ConvCase c{images, s.src, s.spec};
      const Values src = integers(c.src_size(), 1), weights = integers(c.weights_size(), 2);
      const Values bias = integers(c.spec.oc, 3);
      for (const bool relu : {false, true}) {
        ConvolutionLanesLayer layer = lanes_layer(c, {.relu = relu, .pooled = true});
        layer.set_parameters(test::parameters(weights, bias));
        EXPECT_EQ(infer(layer, src),
                  to_float(reference_pool(pool_behind(c), reference(c, src, weights, bias, relu))));
      }
    }
}

TEST(ConvolutionLanesLayer, CopiesWeightsInInferenceAlone) {
  const ConvCase c{2, kPlain[0].src, kPlain[0].spec};
  const Values src = integers(c.src_size(), 1), before = integers(c.weights_size(), 2);
  const Values bias = integers(c.spec.oc, 3), after = integers(c.weights_size(), 4);
  for (const Purpose purpose : {Purpose::inference, Purpose::training}) {
    Values weights = before;
    ConvolutionLanesLayer layer = lanes_layer(c, {.purpose = purpose});
    layer.set_parameters(test::parameters(weights, bias));
    weights = after;  // in place, as the optimizer does
    EXPECT_EQ(infer(layer, src),
              reference(c, src, purpose == Purpose::inference ? before : after, bias, false));
  }
}

test::ConvolutionStep<ConvolutionLanesLayer> lanes_step(const ConvCase& c, bool relu, bool first) {
  return {c, lanes_layer(c, {.relu = relu, .purpose = Purpose::training}), first};
}

TEST(ConvolutionLanesLayer, GradientsAreThoseOfTheDefinition) {
  for_each_case([](const ConvCase& c) {
    for (const bool relu : {false, true})
      for (const bool first : {false, true}) {
        const auto step = lanes_step(c, relu, first);
        EXPECT_EQ(step.dst, reference(c, step.src, step.weights, step.bias, relu));
        const Values diff =
            relu ? test::reference_relu_backward(step.dst, step.diff_dst) : step.diff_dst;
        EXPECT_EQ(step.diff_weights, to_float(reference_conv_backward_weights(c, step.src, diff)));
        EXPECT_EQ(step.diff_bias, to_float(reference_conv_backward_bias(c, diff)));
        EXPECT_EQ(step.diff_src,
                  first ? Values() : to_float(reference_conv_backward_data(c, diff, step.weights)));
      }
  });
}

/// Integer operands and steps of 1/2: all numbers are small multiples of 1/2, and exact.
TEST(ConvolutionLanesLayer, GradientsAreFiniteDifferences) {
  for (const Shape& s : {kPlain[0], kOther[0], kOther[3], kOther[4]})
    lanes_step({3, s.src, s.spec}, false, false).expect_finite_differences(0.5F);
}

TEST(ConvolutionLanesLayer, AnImageDoesNotDependOnItsShard) {
  for (const Shape& s : {kPlain[0], kOther[0], kOther[2]})
    test::expect_same_alone({kernels::active().lanes + 3, s.src, s.spec}, [](const ConvCase& c) {
      return lanes_layer(c, {.relu = true, .purpose = Purpose::training});
    });
}

}  // namespace
}  // namespace karnin
