#include "runtime/layers/convolution_sparse_planes.h"

#include <gtest/gtest.h>

#include "runtime/core/parallel.h"
#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/blob_values.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_conv.h"
#include "tests/support/reference_relu.h"

namespace karnin {
namespace {

using test::ConvCase;
using test::integers;
using test::Values;

/// Enough work for several threads; more images than one.
const ConvCase kSparse[] = {
    {1, {16, 24, 20}, {.oc = 32, .kh = 3, .kw = 3, .ph = 1, .pw = 1}},
    {3, {5, 9, 11}, {.oc = 4, .kh = 3, .kw = 2, .sh = 2, .sw = 2, .ph = {0, 1}}},
};

ConvolutionSparsePlanesLayer sparse_layer(const ConvCase& c,
                                          const ConvolutionSparsePlanesOptions& options) {
  return {"conv", c.spec, {c.images, c.src, Layout::nchw}, c.dst(), options};
}

TEST(ConvolutionSparsePlanesLayer, GivesTheSameOnAnyNumberOfThreads) {
  for (const ConvCase& c : kSparse)
    for (const bool add : {false, true}) {
      ConvolutionSparsePlanesLayer layer = sparse_layer(c, {.add = add, .relu = true});
      const Values src = integers(c.src_size(), 1), bias = integers(c.spec.oc, 3);
      Values weights = integers(c.weights_size(), 2), added = integers(c.dst_size(), 4);
      for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= i % 3 == 0 ? 1 : 0;
      layer.set_parameters(test::parameters(weights, bias));
      Values expected = test::to_float(reference_conv(c, src, weights, bias));
      for (std::size_t i = 0; add && i < expected.size(); ++i) expected[i] += added[i];
      expected = test::reference_relu(expected);
      for (const int threads : {1, 2, 3}) {
        Values input = src, dst(expected.size());
        const Binding::Source other{added.data(), nullptr};
        Binding binding{.src = input.data(), .dst = dst.data()};
        if (add) binding.others = {&other, 1};
        const auto bound = layer.bind(binding);
        Arena(threads).for_each(1, [&](std::int64_t) { bound->forward({}); });
        EXPECT_EQ(dst, expected) << threads << " threads";
      }
    }
}

TEST(ConvolutionSparsePlanesLayer, KnowsWhatItCovers) {
  const Extent image{8, 10, 10};
  const auto covers = [&](const Conv2d& spec) {
    return ConvolutionSparsePlanesLayer::covers(spec, image, spec.dst({&image, 1}));
  };
  EXPECT_TRUE(covers({.oc = 4, .kh = 3, .kw = 3, .sh = 2}));
  EXPECT_TRUE(covers({.oc = 8, .kh = 3, .kw = 3, .groups = 8}));
  EXPECT_TRUE(covers({.oc = 4, .kh = 3, .kw = 3, .dh = 2}));
  const Extent large{8, 200, 200};
  const Conv2d all{.oc = 4, .kh = 150, .kw = 150};
  EXPECT_FALSE(ConvolutionSparsePlanesLayer::covers(all, large, all.dst({&large, 1})));
}

}  // namespace
}  // namespace karnin
