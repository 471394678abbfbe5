#include "runtime/layers/fc_training.h"

#include <gtest/gtest.h>

#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/fill.h"
#include "tests/support/gradient_check.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_fc.h"
#include "tests/support/reference_relu.h"

namespace karnin {
namespace {

using test::integers;
using Values = std::vector<float>;

struct FcCase {
  std::int64_t images;
  Extent src;
  std::int64_t oc;
};

const FcCase kFcs[] = {{1, {3, 2, 2}, 4}, {3, {17, 1, 1}, 5}, {2, {2, 3, 3}, 9}};

/// Integer operands and steps of 1/2: the differences are exact.
TEST(FcTrainingLayer, GradientsAreFiniteDifferences) {
  for (const FcCase& c : kFcs) {
    FcTrainingLayer layer("fc", {c.oc}, {c.images, c.src, Layout::nchw}, false);
    test::LayerHarness harness(layer);
    harness.bind_training();
    Values src = integers(harness.src_size(), 1), weights = integers(c.oc * c.src.size(), 2);
    Values bias = integers(c.oc, 3);
    const Values diff_dst = integers(harness.dst_size(), 4);
    layer.set_parameters(test::parameters(weights, bias));  // used where they are: x below is one
    const auto loss = [&] { return test::weighted_sum(harness.forward(src), diff_dst); };
    loss();
    Values diff_weights(weights.size()), diff_bias(bias.size());
    const Values diff_src = harness.backward(diff_dst, test::gradients(diff_weights, diff_bias));
    const auto check = [&](Values& x, const Values& gradient) {
      const auto loss_at = [&](const Values& moved) {
        std::copy(moved.begin(), moved.end(), x.begin());
        return loss();
      };
      const Values centre = x;
      test::expect_gradient(loss_at, centre, gradient, 0.5F, 0.0);
      loss_at(centre);
    };
    check(src, diff_src);
    check(weights, diff_weights);
    check(bias, diff_bias);
  }
}

TEST(FcTrainingLayer, MasksTheGradientOfItsRelu) {
  for (const FcCase& c : kFcs) {
    FcTrainingLayer layer("fc", {c.oc}, {c.images, c.src, Layout::nchw}, true);
    test::LayerHarness harness(layer);
    harness.bind_training();
    const kernels::FcShape shape{c.images, c.src.size(), c.oc};
    const Values src = integers(harness.src_size(), 1), weights = integers(c.oc * c.src.size(), 2);
    const Values bias = integers(c.oc, 3), diff_dst = integers(harness.dst_size(), 4);
    layer.set_parameters(test::parameters(weights, bias));
    const Values dst = harness.forward(src);
    test::expect_equal(dst, test::reference_forward(shape, src, weights, bias, true));
    Values diff_weights(weights.size()), diff_bias(bias.size());
    const Values diff_src = harness.backward(diff_dst, test::gradients(diff_weights, diff_bias));
    const Values masked = test::reference_relu_backward(dst, diff_dst);
    test::expect_equal(diff_src, test::reference_backward_data(shape, masked, weights));
    test::expect_equal(diff_weights, test::reference_backward_weights(shape, src, masked));
    test::expect_equal(diff_bias, test::reference_backward_bias(shape, masked));
  }
}

}  // namespace
}  // namespace karnin
