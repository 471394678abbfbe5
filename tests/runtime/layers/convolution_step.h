// A convolution of any domain in training with integers for operands, and one step on them.
#pragma once

#include <utility>

#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/fill.h"
#include "tests/support/gradient_check.h"
#include "tests/support/reference_conv.h"

namespace karnin::test {

template <typename Convolution>
struct ConvolutionStep {
  /// `first`: nobody below wants a gradient.
  ConvolutionStep(const ConvCase& c, Convolution prepared, bool first)
      : src(integers(c.src_size(), 1)),
        weights(integers(c.weights_size(), 2)),
        bias(integers(c.spec.oc, 3)),
        layer(std::move(prepared)),
        diff_dst(integers(c.images * layer.dst().extent.size(), 4)),
        harness(layer),
        diff_weights(weights.size()),
        diff_bias(bias.size()) {
    if (first)
      harness.bind_first_in_training();
    else
      harness.bind_training();
    run();
  }

  /// Forward and backward with the operands as they are now.
  void run() {
    layer.set_parameters(parameters(weights, bias));
    dst = harness.forward(src);
    diff_src = harness.backward(diff_dst, gradients(diff_weights, diff_bias));
  }

  /// All three gradients are differences of forward passes, by steps that are exact.
  void expect_finite_differences(float step) {
    expect_finite_differences(src, diff_src, step);
    expect_finite_differences(weights, diff_weights, step);
    expect_finite_differences(bias, diff_bias, step);
  }

  Values src, weights, bias;
  Convolution layer;
  Values diff_dst;
  LayerHarness harness;
  Values diff_weights, diff_bias, dst, diff_src;

 private:
  void expect_finite_differences(Values& x, const Values& gradient, float step) {
    const Values centre = x;
    const auto loss_at = [&](const Values& moved) {
      x = moved;
      layer.set_parameters(parameters(weights, bias));
      return weighted_sum(harness.forward(src), diff_dst);
    };
    expect_gradient(loss_at, centre, gradient, step, 0.0);
    x = centre;
  }
};

/// What one of so many images has of values in plain order.
inline Values image_of(const Values& all, std::int64_t image, std::int64_t images) {
  const auto size = static_cast<std::int64_t>(all.size()) / images;
  return {all.begin() + image * size, all.begin() + (image + 1) * size};
}

/// An image has the same bits alone and among others, forward and backward: numbers that round are
/// as good as any. `make` gives the layer of a case in training.
template <typename Make>
void expect_same_alone(const ConvCase& all, const Make& make) {
  const auto run = [&](std::int64_t images, const Values& x, const Values& diff) {
    const Values weights = uniforms(all.weights_size(), 2), bias = uniforms(all.spec.oc, 3);
    Values diff_weights(weights.size()), diff_bias(bias.size());
    auto layer = make(ConvCase{images, all.src, all.spec});
    LayerHarness harness(layer);
    harness.bind_training();
    layer.set_parameters(parameters(weights, bias));
    Values dst = harness.forward(x);
    return std::pair(dst, harness.backward(diff, gradients(diff_weights, diff_bias)));
  };
  const Values src = uniforms(all.src_size(), 1);
  const Values diff_dst = uniforms(all.images * make(all).dst().extent.size(), 4);
  const auto [dst, diff_src] = run(all.images, src, diff_dst);
  for (std::int64_t n = 0; n < all.images; ++n) {
    const auto [own, own_diff] =
        run(1, image_of(src, n, all.images), image_of(diff_dst, n, all.images));
    EXPECT_EQ(own, image_of(dst, n, all.images)) << "image " << n;
    EXPECT_EQ(own_diff, image_of(diff_src, n, all.images)) << "image " << n;
  }
}

}  // namespace karnin::test
