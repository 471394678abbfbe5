#include "runtime/layers/convolution.h"

#include <gtest/gtest.h>

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

const ConvCase kCases[] = {
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
  for (const ConvCase& c : kCases)
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
  for (const ConvCase& c : kCases) {
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

}  // namespace
}  // namespace karnin
