#include "runtime/layers/relu.h"

#include <gtest/gtest.h>

#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/fill.h"
#include "tests/support/gradient_check.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_relu.h"

namespace karnin {
namespace {

using Values = std::vector<float>;

TEST(ReluLayer, IsThatOfTheDefinitionInAnyLayoutAndInPlace) {
  for (const Layout layout : {Layout::nchw, Layout::nChw8c, Layout::nhwc})
    for (const std::int64_t channels : {1, 3, 8, 11}) {
      const ReluLayer layer("relu", {2, {channels, 3, 3}, layout});
      test::LayerHarness apart(layer), in_place(layer);
      apart.bind_training();
      in_place.bind_in_place();
      const Values src = test::integers(apart.src_size(), 1);  // zeros among them
      const Values diff = test::integers(apart.src_size(), 2);
      for (test::LayerHarness* harness : {&apart, &in_place}) {
        EXPECT_EQ(harness->forward(src), test::reference_relu(src));
        EXPECT_EQ(harness->backward(diff), test::reference_relu_backward(src, diff));
      }
    }
}

/// Odd multiples of 1/2: the kink at 0 is further away than the step.
TEST(ReluLayer, GradientIsAFiniteDifference) {
  const ReluLayer layer("relu", {2, {3, 4, 5}, Layout::nchw});
  test::LayerHarness harness(layer);
  harness.bind_training();
  Values src = test::integers(harness.src_size(), 1);
  for (float& x : src) x += 0.5F;
  const Values diff = test::integers(harness.src_size(), 2);
  const auto loss = [&](const Values& x) { return test::weighted_sum(harness.forward(x), diff); };
  loss(src);
  test::expect_gradient(loss, src, harness.backward(diff), 0.25F, 0.0);
}

}  // namespace
}  // namespace karnin
