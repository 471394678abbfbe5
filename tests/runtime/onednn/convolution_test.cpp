#include "runtime/onednn/convolution.h"

#include <gmock/gmock.h>

#include <thread>

#include "runtime/core/error.h"
#include "tests/runtime/onednn/convolution_harness.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_conv.h"
#include "tests/support/reference_relu.h"

namespace karnin::onednn {
namespace {

/// Every pair of channel counts and every kernel size; the rest of the shape varies along.
template <typename Visit>
void for_each_case(const Visit& visit) {
  std::int64_t count = 0;
  for (const std::int64_t ic : {1, 2, 3, 7, 8, 9, 16, 17})
    for (const std::int64_t oc : {1, 2, 3, 7, 8, 9, 16, 17})
      for (std::int64_t kernel = 1; kernel <= 5; ++kernel, ++count) {
        const Conv2d spec{.oc = oc,
                          .kh = kernel,
                          .kw = 1 + (kernel + count) % 5,
                          .sh = 1 + count % 2,
                          .sw = 1 + count / 2 % 2,
                          .ph = count % 3 % kernel,
                          .pw = count % 7 % (1 + (kernel + count) % 5)};
        const Extent src{ic, 5 + count % 4, 6 + count % 3};
        constexpr Layout kOffers[] = {Layout::nchw, Layout::nChw8c, Layout::nhwc, Layout::nChw16c};
        const Layout offered = kOffers[count % 4];
        visit(ConvCase{1 + count % 3, src, spec}, offered);
      }
}

void expect_definition(const ConvCase& c, Layout offered) {
  SCOPED_TRACE(describe(c, offered));
  Harness run(c, offered, {.relu = false, .training = true, .diff_src = true});
  Convolution::Bound bound(run.convolution, run.binding);
  EXPECT_EQ(run.forward(bound), exact(reference_conv(c, run.src, run.weights, run.bias)));
  run.expect_gradients(bound);
}

TEST(Convolution, ForwardAndGradientsAreThoseOfTheDefinition) { for_each_case(expect_definition); }

/// Depthwise with one and two channels of output each, few and many channels a group; pixels left
/// out; another padding on each side.
TEST(Convolution, GroupsDilationAndUnevenPaddingAreThoseOfTheDefinition) {
  std::int64_t count = 0;
  for (const auto& [groups, ic, oc] : {std::array<std::int64_t, 3>{1, 1, 1},
                                       {2, 1, 1},
                                       {8, 1, 1},
                                       {17, 1, 1},
                                       {16, 1, 2},
                                       {3, 2, 1},
                                       {2, 3, 5},
                                       {2, 8, 8},
                                       {4, 16, 4},
                                       {1, 9, 8}})
    for (const std::int64_t dilation : {1, 2, 3})
      for (const std::int64_t kernel : {1, 2, 3}) {
        ++count;
        const std::int64_t pads = (kernel - 1) * dilation + 1;
        const Conv2d spec{.oc = groups * oc,
                          .kh = kernel,
                          .kw = 3,
                          .sh = 1 + count % 2,
                          .sw = 1 + count / 2 % 2,
                          .ph = {count % pads, (count + 1) % pads},
                          .pw = {count % 2, (count + 1) % 3},
                          .dh = dilation,
                          .dw = 1 + dilation % 2,
                          .groups = groups};
        const ConvCase c{2, {groups * ic, 7 + count % 3, 9}, spec};
        constexpr Layout kOffers[] = {Layout::nchw, Layout::nChw8c, Layout::nhwc};
        expect_definition(c, kOffers[count % 3]);
      }
}

TEST(Convolution, SkippedPixelsCostNoMemoryOfOthers) {
  for (const std::int64_t ic : {1, 3, 4, 5, 6, 7, 8, 9, 15, 17})
    for (const std::int64_t oc : {4, 8, 17})
      for (const Layout offered : {Layout::nchw, Layout::nhwc}) {
        expect_definition({2, {ic, 28, 28}, {.oc = oc, .kh = 1, .kw = 1, .sh = 2, .sw = 2}},
                          offered);
      }
}

TEST(Convolution, InferenceFusesRelu) {
  for_each_case([](const ConvCase& c, Layout offered) {
    if (c.images != 2) return;
    Harness run(c, offered, {.relu = true});
    Convolution::Bound bound(run.convolution, run.binding);
    EXPECT_EQ(run.forward(bound),
              test::reference_relu(exact(reference_conv(c, run.src, run.weights, run.bias))));
  });
}

/// Winograd's, where oneDNN has it: the rounding is that of the transforms, too.
TEST(Convolution, SmallKernelsOfManyChannelsAreThoseOfTheDefinition) {
  for (const std::int64_t images : {1, 2, 5})
    for (const std::int64_t channels : {32, 40, 64})
      for (const std::int64_t size : {3, 4, 7, 10})
        for (const std::int64_t padding : {0, 1}) {
          const ConvCase c{images,
                           {channels, size, size + 2},
                           {.oc = 48, .kh = 3, .kw = 3, .ph = padding, .pw = padding}};
          Harness run(c, Layout::nchw, {.relu = padding == 1});
          run.src = test::uniforms(c.src_size(), 1);
          run.weights = test::uniforms(c.weights_size(), 2);
          run.convolution.set_parameters(run.weights.data(), run.bias.data());
          Convolution::Bound bound(run.convolution, run.binding);
          Values expected = exact(reference_conv(c, run.src, run.weights, run.bias));
          if (padding == 1) expected = test::reference_relu(expected);
          EXPECT_THAT(
              run.forward(bound),
              testing::Pointwise(testing::FloatNear(1e-5F * std::ranges::max(expected)), expected))
              << describe(c, Layout::nchw) << run.convolution.implementation();
        }
}

TEST(Convolution, TrainingFusesReluAndNeedsNoDataGradient) {
  const ConvCase c{2, {3, 9, 8}, {.oc = 10, .kh = 5, .kw = 5}};
  Harness run(c, Layout::nchw, {.relu = true, .training = true});
  Convolution::Bound bound(run.convolution, run.binding);
  EXPECT_EQ(run.forward(bound),
            test::reference_relu(exact(reference_conv(c, run.src, run.weights, run.bias))));
  run.expect_gradients(bound);
}

TEST(Convolution, TakesNewParameters) {
  const ConvCase c{1, {3, 6, 6}, {.oc = 5, .kh = 3, .kw = 3}};
  Harness run(c, Layout::nchw, {.training = true, .diff_src = true});
  Convolution::Bound bound(run.convolution, run.binding);
  run.forward(bound);
  run.weights = integers(c.weights_size(), 11);
  run.bias = integers(c.spec.oc, 12);
  run.convolution.set_parameters(run.weights.data(), run.bias.data());
  EXPECT_EQ(run.forward(bound), exact(reference_conv(c, run.src, run.weights, run.bias)));
  run.expect_gradients(bound);
}

/// The reference implementations are thousands of times slower than those that oneDNN generates,
/// and one step from a shape that the paper's network or LeNet-5 has.
TEST(Convolution, NeverFallsBackToTheReference) {
  for (const std::int64_t ic : {1, 3, 6, 10, 16, 20})
    for (const std::int64_t oc : {3, 6, 10, 16, 50})
      for (const Layout offered : {Layout::nchw, Layout::nChw8c, Layout::nhwc}) {
        const ConvCase c{4, {ic, 14, 14}, {.oc = oc, .kh = 5, .kw = 5}};
        const Convolution convolution(c.spec, {c.images, c.src, offered}, c.dst(),
                                      {.training = true, .diff_src = true});
        EXPECT_THAT(convolution.implementation(), testing::Not(testing::HasSubstr("ref")))
            << describe(c, offered);
      }
}

TEST(Convolution, TakesPixelsAsTheyAre) {
  for (const std::int64_t ic : {1, 3}) {
    const ConvCase c{4, {ic, 32, 32}, {.oc = 10, .kh = 5, .kw = 5}};
    const Convolution convolution(c.spec, {c.images, c.src, Layout::nchw}, c.dst(),
                                  {.relu = true, .training = true});
    EXPECT_EQ(convolution.src().layout, Layout::nchw);
    // Below AVX2 a weight gradient is always a matrix multiplication.
    if (active_isa() > Isa::scalar) {
      EXPECT_THAT(convolution.implementation(), testing::Not(testing::HasSubstr("gemm")));
    }
  }
}

TEST(Convolution, KeepsToTheInstructionSetOfTheKernels) {
  const ConvCase c{4, {8, 14, 14}, {.oc = 16, .kh = 3, .kw = 3}};
  const Convolution convolution(c.spec, {c.images, c.src, Layout::nhwc}, c.dst(),
                                {.training = true, .diff_src = true});
  const char* too_wide = active_isa() == Isa::scalar ? "avx" : "avx512";
  if (active_isa() < Isa::avx512) {
    EXPECT_THAT(convolution.implementation(), testing::Not(testing::HasSubstr(too_wide)));
  }
}

TEST(Convolution, IsSharedByThreads) {
  const ConvCase c{4, {3, 12, 12}, {.oc = 10, .kh = 5, .kw = 5}};
  constexpr ConvolutionOptions kOptions{.training = true, .diff_src = true};
  Harness shared(c, Layout::nchw, kOptions);
  const auto work = [&](std::uint64_t seed) {
    Harness own(c, Layout::nchw, kOptions);
    own.src = integers(c.src_size(), seed);
    Convolution::Bound bound(shared.convolution, own.binding);
    for (int repeat = 0; repeat < 20; ++repeat) {
      EXPECT_EQ(own.forward(bound), exact(reference_conv(c, own.src, own.weights, own.bias)));
      own.expect_gradients(bound);
    }
  };
  std::thread other(work, 21);
  work(22);
  other.join();
}

TEST(Convolution, ReportsWhatOnednnRefuses) {
  const ConvCase c{1, {3, 6, 6}, {.oc = 5, .kh = 3, .kw = 3}};
  EXPECT_THROW(Convolution(c.spec, {c.images, c.src, Layout::nchw}, {5, 1, 1}, {}), Error);
}

}  // namespace
}  // namespace karnin::onednn
