// Batch normalisation by what it measures, in plain order and with images in lanes, against its
// definition and differences of that.
#include "runtime/layers/batch_norm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "runtime/layers/reorder_lanes.h"
#include "tests/support/blob_values.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_batch_norm.h"
#include "tests/support/reference_op.h"

namespace karnin {
namespace {

using test::Doubles;
using Values = std::vector<float>;

/// Values of a few, sums of some hundred terms; a deviation is at least a tenth.
constexpr double kTolerance = 2e-4;

constexpr BatchNorm kNorm{.epsilon = 0.01F, .ghost_batch = 16};

/// Whether images lie in lanes, their extent, their number.
class MeasuringBatchNorm : public testing::TestWithParam<std::tuple<bool, Extent, std::int64_t>> {
 protected:
  MeasuringBatchNorm() {
    layer_.set_parameters(parameters());
    test::write(blob_, src_, src_memory_);
    for (AlignedVector<float>* memory : {&dst_, &diff_src_, &diff_dst_})
      memory->assign(src_memory_.size(), NAN);
    bound_ = layer_.bind({.src = src_memory_.data(),
                          .dst = dst_.data(),
                          .diff_src = diff_src_.data(),
                          .diff_dst = diff_dst_.data()});
  }

  LayerParameters parameters() const {
    LayerParameters parameters;
    parameters[Role::scale] = scale_;
    parameters[Role::shift] = shift_;
    return parameters;
  }

  static Doubles doubles(const Values& values) { return {values.begin(), values.end()}; }

  static void expect_near(const Values& actual, const Doubles& expected) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
      ASSERT_NEAR(actual[i], expected[i], kTolerance * std::max(1.0, std::abs(expected[i]))) << i;
  }

  /// What lies in lanes without an image.
  Values idle(const AlignedVector<float>& memory) const {
    std::vector<bool> used(memory.size(), false);
    test::for_each_element(blob_, [&](std::size_t, std::size_t at) { used[at] = true; });
    Values values;
    for (std::size_t i = 0; i < memory.size(); ++i)
      if (!used[i]) values.push_back(memory[i]);
    return values;
  }

  const Blob blob_{std::get<2>(GetParam()), std::get<1>(GetParam()),
                   std::get<0>(GetParam()) ? lanes_layout() : Layout::nchw};
  const std::int64_t size_ = blob_.images * blob_.extent.size();
  const test::ReferenceBatchNorm reference_{kNorm, blob_.extent, blob_.images};
  const Values src_ = test::uniforms(size_, 1), diff_ = test::uniforms(size_, 2),
               scale_ = test::uniforms(blob_.extent.c, 3),
               shift_ = test::uniforms(blob_.extent.c, 4);
  BatchNormLayer layer_{"norm", kNorm, blob_};
  AlignedVector<float> src_memory_, dst_, diff_src_, diff_dst_;
  std::unique_ptr<BoundLayer> bound_;
};
INSTANTIATE_TEST_SUITE_P(Layers, MeasuringBatchNorm,
                         testing::Combine(testing::Bool(),
                                          testing::Values(Extent{3, 4, 5}, Extent{2, 1, 1},
                                                          Extent{1, 3, 7}),
                                          testing::Values(2, 9, 16, 18, 39)));

TEST_P(MeasuringBatchNorm, IsThatOfItsDefinition) {
  bound_->forward({});
  expect_near(test::read(blob_, dst_),
              reference_.forward(doubles(src_), doubles(scale_), doubles(shift_)));
  EXPECT_THAT(idle(dst_), testing::Each(0.0F));
}

TEST_P(MeasuringBatchNorm, GradientsAreDifferencesAndStatisticsAreWhatWasMeasured) {
  bound_->forward({});
  test::write(blob_, diff_, diff_dst_);
  const auto channels = static_cast<std::size_t>(blob_.extent.c);
  ByRole<Values> gradients;
  LayerGradients spans;
  for (const Role role : {Role::scale, Role::shift, Role::mean, Role::variance}) {
    gradients[role].assign(channels, NAN);
    spans[role] = gradients[role];
  }
  bound_->backward({}, spans);

  const Doubles x = doubles(src_), scale = doubles(scale_), shift = doubles(shift_),
                diff = doubles(diff_);
  const auto by = [&](const Doubles& centre, const auto& value) {
    return test::numeric_gradient(value, centre, diff);
  };
  expect_near(test::read(blob_, diff_src_),
              by(x, [&](const Doubles& y) { return reference_.forward(y, scale, shift); }));
  expect_near(gradients[Role::scale],
              by(scale, [&](const Doubles& y) { return reference_.forward(x, y, shift); }));
  expect_near(gradients[Role::shift],
              by(shift, [&](const Doubles& y) { return reference_.forward(x, scale, y); }));
  expect_near(gradients[Role::mean], reference_.means(x));
  expect_near(gradients[Role::variance], reference_.variances(x));
  EXPECT_THAT(idle(diff_src_), testing::Each(0.0F));
}

}  // namespace
}  // namespace karnin
