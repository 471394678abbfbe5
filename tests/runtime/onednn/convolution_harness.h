// A convolution by oneDNN, spoken to in plain values.
#pragma once

#include <gtest/gtest.h>

#include "runtime/onednn/convolution.h"
#include "tests/support/blob_values.h"
#include "tests/support/fill.h"
#include "tests/support/reference_conv.h"

namespace karnin::onednn {

using test::ConvCase;
using test::integers;
using test::Values;

inline Values exact(const test::Sums& sums) { return {sums.begin(), sums.end()}; }

/// A convolution on buffers of its own. All data are small integers, so that every sum is exact in
/// float in any order, and results can be compared for equality.
struct Harness {
  Harness(const ConvCase& the_case, Layout offered, const ConvolutionOptions& options)
      : c(the_case),
        convolution(c.spec, {c.images, c.src, offered}, c.dst(), options),
        src(integers(c.src_size(), 1)),
        weights(integers(c.weights_size(), 2)),
        bias(integers(c.spec.oc, 3)),
        diff_dst(integers(c.dst_size(), 4)) {
    convolution.set_parameters(weights.data(), bias.data());
    for (auto* memory : {&dst_memory, &diff_dst_memory})
      memory->resize(static_cast<std::size_t>(convolution.dst().floats()));
    for (auto* memory : {&src_memory, &diff_src_memory})
      memory->resize(static_cast<std::size_t>(convolution.src().floats()));
    binding = {.src = src_memory.data(), .dst = dst_memory.data()};
    if (options.training) binding.diff_dst = diff_dst_memory.data();
    if (options.diff_src) binding.diff_src = diff_src_memory.data();
  }

  Values forward(Convolution::Bound& bound) {
    test::write(convolution.src(), src, src_memory);
    test::poison(dst_memory);
    for (std::int64_t part = 0; part < convolution.parts(); ++part) bound.forward(part);
    return test::read(convolution.dst(), dst_memory);
  }

  void expect_gradients(Convolution::Bound& bound) {
    test::write(convolution.dst(), diff_dst, diff_dst_memory);
    Values diff_weights(weights.size()), diff_bias(bias.size());
    bound.backward_weights(diff_weights.data(), diff_bias.data());
    EXPECT_EQ(diff_weights, exact(reference_conv_backward_weights(c, src, diff_dst)));
    EXPECT_EQ(diff_bias, exact(reference_conv_backward_bias(c, diff_dst)));
    if (binding.diff_src == nullptr) return;
    test::poison(diff_src_memory);
    bound.backward_data();
    EXPECT_EQ(test::read(convolution.src(), diff_src_memory),
              exact(reference_conv_backward_data(c, diff_dst, weights)));
  }

  ConvCase c;
  Convolution convolution;
  Values src, weights, bias, diff_dst;
  AlignedVector<float> src_memory, dst_memory, diff_src_memory, diff_dst_memory;
  Binding binding;
};

inline std::string describe(const ConvCase& c, Layout offered) {
  const Conv2d& s = c.spec;
  return testing::PrintToString(std::vector<std::int64_t>{c.images, c.src.c, c.src.h, c.src.w, s.oc,
                                                          s.kh, s.kw, s.sh, s.sw, s.ph.l, s.ph.r,
                                                          s.pw.l, s.pw.r, s.dh, s.dw, s.groups}) +
         " (images, src, oc, kernel, stride, padding, dilation, groups), layout " +
         std::to_string(int(offered));
}

}  // namespace karnin::onednn
