#include "runtime/layers/convolution_planes.h"

#include <gtest/gtest.h>

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

/// Channels around blocks and vectors; a row or a column that the pool leaves over; one square.
std::vector<ConvCase> cases() {
  std::vector<ConvCase> result;
  for (const std::int64_t images : {1, 2, 5}) {
    result.push_back({images, {3, 7, 6}, {5, 3, 3}});
    result.push_back({images, {1, 6, 6}, {9, 5, 4}});
    result.push_back({images, {17, 5, 8}, {4, 2, 3}});
    result.push_back({images, {2, 9, 23}, {3, 4, 2}});
    result.push_back({images, {4, 2, 2}, {1, 1, 1}});
  }
  return result;
}

/// What a layer has to compute, by the definitions of its three parts.
struct Reference {
  Reference(const ConvCase& conv, const Values& src, const Values& weights, const Values& bias,
            bool with_relu)
      : c(conv), relu(with_relu), before(to_float(reference_conv(c, src, weights, bias))) {
    dst = to_float(reference_pool(pool, before));
    if (relu) dst = test::reference_relu(dst);
  }

  /// The gradient of what the convolution gives.
  Values backward(const Values& diff_dst) const {
    const Values diff = relu ? test::reference_relu_backward(dst, diff_dst) : diff_dst;
    return to_float(reference_pool_backward(pool, before, diff));
  }

  ConvCase c;
  bool relu;
  test::PoolCase pool{c.images, c.dst(), Pool2d{}};
  Values before, dst;
};

ConvolutionPlanesLayer planes_layer(const ConvCase& c, const ConvolutionPlanesOptions& options) {
  const Extent dst = test::PoolCase{c.images, c.dst(), Pool2d{}}.dst();
  return {"conv", c.spec, {c.images, c.src, Layout::nchw}, dst, options};
}

/// Nine different integers an operand: many squares have ties, and the first has to win.
TEST(ConvolutionPlanesLayer, IsThatOfTheDefinition) {
  for (const ConvCase& c : cases())
    for (const bool relu : {false, true})
      for (const Purpose purpose : {Purpose::inference, Purpose::training}) {
        const Values src = integers(c.src_size(), 1), bias = integers(c.spec.oc, 3);
        Values weights = integers(c.weights_size(), 2);
        const Reference reference(c, src, weights, bias, relu);
        ConvolutionPlanesLayer layer = planes_layer(c, {.relu = relu, .purpose = purpose});
        test::LayerHarness harness(layer);
        harness.bind_inference();
        layer.set_parameters(test::parameters(weights, bias));
        if (purpose == Purpose::inference) std::ranges::fill(weights, 77.0F);  // it has a copy
        EXPECT_EQ(harness.forward(src), reference.dst);
      }
}

test::ConvolutionStep<ConvolutionPlanesLayer> planes_step(const ConvCase& c, bool relu,
                                                          bool first) {
  return {c, planes_layer(c, {.relu = relu, .purpose = Purpose::training, .diff_src = !first}),
          first};
}

TEST(ConvolutionPlanesLayer, GradientsAreThoseOfTheDefinition) {
  for (const ConvCase& c : cases())
    for (const bool relu : {false, true})
      for (const bool first : {false, true}) {
        const auto step = planes_step(c, relu, first);
        const Reference reference(c, step.src, step.weights, step.bias, relu);
        EXPECT_EQ(step.dst, reference.dst);
        const Values diff = reference.backward(step.diff_dst);
        EXPECT_EQ(step.diff_weights, to_float(reference_conv_backward_weights(c, step.src, diff)));
        EXPECT_EQ(step.diff_bias, to_float(reference_conv_backward_bias(c, diff)));
        EXPECT_EQ(step.diff_src,
                  first ? Values() : to_float(reference_conv_backward_data(c, diff, step.weights)));
      }
}

/// Weights that are the powers of 4 make other numbers of other pixels in 0 to 3: as all windows
/// behind a square differ, so do the four outputs, by 1 at least. A step of 1/256 moves none by
/// more than 1/4, so no maximum changes, and all is exact.
TEST(ConvolutionPlanesLayer, GradientsAreFiniteDifferences) {
  auto step = planes_step({2, {1, 5, 5}, {2, 2, 2}}, false, false);
  step.weights = {16, 4, 1, 64, -64, 1, 16, -4};
  for (std::size_t i = 0; i < step.src.size(); ++i)
    step.src[i] = static_cast<float>((i * i + i / 5) % 4);
  step.run();
  step.expect_finite_differences(0x1p-8F);
}

TEST(ConvolutionPlanesLayer, AnImageDoesNotDependOnItsShard) {
  for (const ConvCase& all : cases())
    test::expect_same_alone(all, [](const ConvCase& c) {
      return planes_layer(c, {.relu = true, .purpose = Purpose::training, .diff_src = true});
    });
}

/// Positions are kept in floats, and elements in 32 bits.
TEST(ConvolutionPlanesLayer, CoversWhatItsNumbersHold) {
  EXPECT_TRUE(ConvolutionPlanesLayer::covers({3, 4096, 4095}, {8, 2046, 2046}, 1));
  EXPECT_FALSE(ConvolutionPlanesLayer::covers({3, 4096, 4096}, {8, 2046, 2046}, 1));
  EXPECT_FALSE(ConvolutionPlanesLayer::covers({3, 1024, 1024}, {8, 510, 510}, 16));
  EXPECT_TRUE(ConvolutionPlanesLayer::covers({1, 64, 64}, {65536, 31, 31}, 32));
  EXPECT_FALSE(ConvolutionPlanesLayer::covers({1, 64, 64}, {65536, 31, 31}, 80));
}

}  // namespace
}  // namespace karnin
