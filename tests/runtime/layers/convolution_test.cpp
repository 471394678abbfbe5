#include "runtime/layers/convolution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/fill.h"
#include "tests/support/gradient_check.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_conv.h"
#include "tests/support/reference_relu.h"

namespace karnin {
namespace {

using test::ConvCase;
using test::integers;
using test::to_float;
using test::Values;

const ConvCase kConvs[] = {
    {2, {3, 7, 6}, {.oc = 5, .kh = 3, .kw = 3}},
    {1, {1, 6, 6}, {.oc = 9, .kh = 5, .kw = 4}},
    {2, {9, 5, 6}, {.oc = 4, .kh = 3, .kw = 2, .sh = 2, .sw = 1, .ph = 1, .pw = 1}},
    {2, {8, 6, 5}, {.oc = 8, .kh = 3, .kw = 3, .ph = {0, 1}, .pw = {2, 1}, .groups = 8}},
    {1, {6, 7, 6}, {.oc = 4, .kh = 3, .kw = 2, .dh = 2, .dw = 3, .groups = 2}},
};
constexpr Layout kOffers[] = {Layout::nchw, Layout::nChw8c, Layout::nhwc};

ConvolutionLayer make(const ConvCase& c, Layout offered, bool relu) {
  return {"conv",
          c.spec,
          {c.images, c.src, offered},
          c.dst(),
          {.relu = relu, .training = true, .diff_src = true}};
}

/// Integer operands and steps of 1/2: every number on the way is a small multiple of 1/2, and the
/// differences are exact.
TEST(ConvolutionLayer, GradientsAreFiniteDifferences) {
  for (const ConvCase& c : kConvs)
    for (const Layout offered : kOffers) {
      ConvolutionLayer layer = make(c, offered, false);
      test::LayerHarness harness(layer);
      harness.bind_training();
      Values src = integers(c.src_size(), 1), weights = integers(c.weights_size(), 2);
      Values bias = integers(c.spec.oc, 3);
      const Values diff_dst = integers(c.dst_size(), 4);
      const auto loss = [&] {
        layer.set_parameters(test::parameters(weights, bias));
        return test::weighted_sum(harness.forward(src), diff_dst);
      };
      loss();
      Values diff_weights(weights.size()), diff_bias(bias.size());
      const Values diff_src = harness.backward(diff_dst, test::gradients(diff_weights, diff_bias));
      const auto check = [&](Values& x, const Values& gradient) {
        const auto loss_at = [&](const Values& moved) {
          x = moved;
          return loss();
        };
        const Values centre = x;
        test::expect_gradient(loss_at, centre, gradient, 0.5F, 0.0);
        x = centre;
      };
      check(src, diff_src);
      check(weights, diff_weights);
      check(bias, diff_bias);
    }
}

TEST(ConvolutionLayer, MasksTheGradientOfItsRelu) {
  for (const ConvCase& c : kConvs) {
    ConvolutionLayer layer = make(c, Layout::nchw, true);
    test::LayerHarness harness(layer);
    harness.bind_training();
    const Values src = integers(c.src_size(), 1), weights = integers(c.weights_size(), 2);
    const Values bias = integers(c.spec.oc, 3), diff_dst = integers(c.dst_size(), 4);
    layer.set_parameters(test::parameters(weights, bias));
    const Values before = to_float(reference_conv(c, src, weights, bias));
    EXPECT_EQ(harness.forward(src), test::reference_relu(before));
    Values diff_weights(weights.size()), diff_bias(bias.size());
    const Values diff_src = harness.backward(diff_dst, test::gradients(diff_weights, diff_bias));
    const Values masked = test::reference_relu_backward(before, diff_dst);
    EXPECT_EQ(diff_src, to_float(reference_conv_backward_data(c, masked, weights)));
    EXPECT_EQ(diff_weights, to_float(reference_conv_backward_weights(c, src, masked)));
    EXPECT_EQ(diff_bias, to_float(reference_conv_backward_bias(c, masked)));
  }
}

/// Depthwise ones whose channels fill no vector, too.
std::vector<ConvCase> cases_with_addition() {
  std::vector<ConvCase> cases(std::begin(kConvs), std::end(kConvs));
  for (const std::int64_t c : {10, 22})
    cases.push_back({1, {c, 32, 30}, {.oc = c, .kh = 3, .kw = 3, .ph = 1, .pw = 1, .groups = c}});
  return cases;
}

/// dst of a layer in inference, given what is added to it, which may lie where dst does.
Values forward(ConvolutionLayer& layer, const Values& src, const Values& added, bool in_place) {
  AlignedVector<float> src_memory(static_cast<std::size_t>(layer.src().floats()));
  AlignedVector<float> dst_memory(static_cast<std::size_t>(layer.dst().floats()));
  AlignedVector<float> added_memory(dst_memory.size());
  test::write(layer.src(), src, src_memory);
  test::poison(dst_memory);
  AlignedVector<float>& place = in_place ? dst_memory : added_memory;
  if (!added.empty()) test::write(layer.dst(), added, place);
  const Binding::Source other{place.data(), nullptr};
  Binding binding{.src = src_memory.data(), .dst = dst_memory.data()};
  if (!added.empty()) binding.others = {&other, 1};
  layer.bind(binding)->forward({});
  return test::read(layer.dst(), dst_memory);
}

TEST(ConvolutionLayer, AddsItsSecondInput) {
  for (const ConvCase& c : cases_with_addition())
    for (const bool channels_last : {false, true})
      for (const bool relu : {false, true}) {
        ConvolutionLayer layer("conv", c.spec, {c.images, c.src, Layout::nchw}, c.dst(),
                               {.add = true, .relu = relu, .channels_last = channels_last});
        const Values src = integers(c.src_size(), 1), weights = integers(c.weights_size(), 2);
        const Values bias = integers(c.spec.oc, 3), added = integers(c.dst_size(), 4);
        layer.set_parameters(test::parameters(weights, bias));
        Values expected = to_float(reference_conv(c, src, weights, bias));
        for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += added[i];
        if (relu) expected = test::reference_relu(expected);
        EXPECT_EQ(layer.in_place(), std::optional<std::size_t>(1));
        EXPECT_EQ(forward(layer, src, added, false), expected);
        EXPECT_EQ(forward(layer, src, added, true), expected);
      }
}

TEST(ConvolutionLayer, EndsWithAnActivation) {
  const auto clip = [](float x) { return std::clamp(x, -1.0F, 6.0F); };
  const auto leaky = [](float x) { return x > 0 ? x : 0.25F * x; };
  const auto hard_swish = [](float x) { return x * std::clamp(x / 6 + 0.5F, 0.0F, 1.0F); };
  const std::vector<std::pair<Activation, std::function<float(float)>>> activations{
      {{ActivationKind::clip, -1, 6}, clip},
      {{ActivationKind::leaky_relu, 0.25F, 0}, leaky},
      {{ActivationKind::hard_swish, 0, 0}, hard_swish}};
  for (const ConvCase& c : kConvs)
    for (const bool channels_last : {false, true})
      for (const auto& [op, function] : activations) {
        ConvolutionLayer layer("conv", c.spec, {c.images, c.src, Layout::nchw}, c.dst(),
                               {.activation = op, .channels_last = channels_last});
        const Values src = integers(c.src_size(), 1), weights = integers(c.weights_size(), 2);
        Values bias = integers(c.spec.oc, 3);
        for (float& x : bias) x /= 8;  // so that some sums come to be near the kinks
        layer.set_parameters(test::parameters(weights, bias));
        const Values sums = to_float(reference_conv(c, src, weights, bias));
        const Values actual = forward(layer, src, {}, false);
        for (std::size_t i = 0; i < sums.size(); ++i)
          EXPECT_NEAR(actual[i], function(sums[i]), 1e-6F * std::abs(sums[i])) << sums[i];
      }
}

}  // namespace
}  // namespace karnin
