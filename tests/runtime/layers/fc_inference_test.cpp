#include "runtime/layers/fc_inference.h"

#include <gmock/gmock.h>

#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_fc.h"

namespace karnin {
namespace {

using test::integers;

/// Pruned to about a third, one row empty.
std::vector<float> sparse_weights(std::int64_t oc, std::int64_t ic) {
  std::vector<float> weights = integers(oc * ic, 3);
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (i % 3 != 0 || i < static_cast<std::size_t>(ic)) weights[i] = 0.0F;
  return weights;
}

/// Integers: every kernel has to give the same bits, and does so from any layout.
TEST(FcInference, EveryKernelTakesEveryLayout) {
  for (const FcKernel kernel :
       {FcKernel::onednn, FcKernel::dense, FcKernel::sparse_lanes, FcKernel::sparse_gather})
    for (const Layout layout : {Layout::nchw, Layout::nChw8c, Layout::nChw16c, Layout::nhwc})
      for (const std::int64_t images : {1, 3, 16, 19})
        for (const bool relu : {false, true}) {
          SCOPED_TRACE(testing::Message() << to_string(kernel) << ", layout " << int(layout) << ", "
                                          << images << " images");
          const Extent extent{10, 3, 2};
          const auto layer = make_fc_inference("fc", {7}, {images, extent, layout}, relu, kernel);
          const auto weights = sparse_weights(7, extent.size()), bias = integers(7, 4);
          layer->set_parameters(test::parameters(weights, bias));
          test::LayerHarness harness(*layer);
          harness.bind_inference();
          const auto src = integers(images * extent.size(), 1);
          const auto expected =
              test::reference_forward({images, extent.size(), 7}, src, weights, bias, relu);
          test::expect_equal(harness.forward(src), expected);
          layer->set_parameters(test::parameters(std::vector<float>(weights.size()), bias));
          layer->set_sparse_parameters(SparseMatrix::from_dense(weights, 7, extent.size()),
                                       test::parameters({}, bias));
          test::expect_equal(harness.forward(src), expected);
        }
}

TEST(FcInference, CopiesItsParametersAndTakesNewOnes) {
  for (const FcKernel kernel :
       {FcKernel::onednn, FcKernel::dense, FcKernel::sparse_lanes, FcKernel::sparse_gather}) {
    const auto layer = make_fc_inference("fc", {2}, {1, {2, 1, 1}, Layout::nchw}, false, kernel);
    EXPECT_THAT(layer->kernel(), testing::StartsWith(std::string(to_string(kernel))));
    std::vector<float> weights{1, 2, 3, 4}, bias{5, 6};
    layer->set_parameters(test::parameters(weights, bias));
    weights.assign(4, 100.0F);
    bias.assign(2, 100.0F);
    test::LayerHarness harness(*layer);
    harness.bind_inference();
    EXPECT_EQ(harness.forward({1, 1}), (std::vector<float>{8, 13}));
    layer->set_parameters(test::parameters(weights, bias));
    EXPECT_EQ(harness.forward({1, 1}), (std::vector<float>{300, 300}));
  }
}

}  // namespace
}  // namespace karnin
