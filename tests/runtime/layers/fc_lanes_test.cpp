#include "runtime/layers/fc_lanes.h"

#include <gtest/gtest.h>

#include "runtime/core/counter_rng.h"
#include "runtime/kernels/kernels.h"
#include "runtime/layers/reorder_lanes.h"
#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_fc.h"
#include "tests/support/reference_relu.h"

namespace karnin {
namespace {

using test::integers;
using Values = std::vector<float>;

struct MaskedFc {
  std::int64_t blocks;
  Extent src;
  std::int64_t oc;
  double sparsity;
};

const MaskedFc kMasked[] = {{1, {4, 1, 1}, 3, 0.5},
                            {2, {3, 5, 5}, 9, 0.9},
                            {3, {40, 1, 1}, 17, 0.95},
                            {1, {7, 1, 1}, 5, 1}};

std::vector<std::uint8_t> random_mask(std::int64_t count, double sparsity, std::uint64_t seed) {
  CounterRng rng(seed);
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(count));
  for (std::uint8_t& kept : mask) kept = rng.uniform() < sparsity ? 0 : 1;
  mask.front() = 0;
  return mask;
}

class MaskedLayer {
 public:
  explicit MaskedLayer(const MaskedFc& c)
      : images_(c.blocks * kernels::active().lanes),
        shape_{images_, c.src.size(), c.oc},
        layer_("fc", {c.oc}, {images_, c.src, lanes_layout()}, true, Purpose::training),
        harness_(layer_) {
    harness_.bind_training();
  }

  void hold(std::span<const std::uint8_t> mask) { layer_.hold_mask(mask); }
  bool is_masked() const { return layer_.masked() != nullptr; }

  /// One step on integers: every product is exact, and the gradients of pruned weights are left.
  void expect_step(std::span<const std::uint8_t> mask, std::uint64_t seed) {
    Values weights = integers(shape_.oc * shape_.ic, seed);
    for (std::size_t i = 0; i < mask.size(); ++i) weights[i] *= mask[i];
    const Values bias = integers(shape_.oc, seed + 1),
                 src = integers(harness_.src_size(), seed + 2);
    const Values diff_dst = integers(harness_.dst_size(), seed + 3);
    layer_.set_parameters(test::parameters(weights, bias));
    const Values dst = harness_.forward(src);
    test::expect_equal(dst, test::reference_forward(shape_, src, weights, bias, true));
    Values diff_weights(weights.size(), 77.0F), diff_bias(bias.size());
    const Values diff_src = harness_.backward(diff_dst, test::gradients(diff_weights, diff_bias));
    const Values diff = test::reference_relu_backward(dst, diff_dst);
    test::Reference expected = test::reference_backward_weights(shape_, src, diff);
    for (std::size_t i = 0; is_masked() && i < mask.size(); ++i)
      if (mask[i] == 0) expected.value[i] = 77;
    test::expect_equal(diff_weights, expected);
    test::expect_equal(diff_bias, test::reference_backward_bias(shape_, diff));
    test::expect_equal(diff_src, test::reference_backward_data(shape_, diff, weights));
  }

 private:
  std::int64_t images_;
  kernels::FcShape shape_;
  FcLanesLayer layer_;
  test::LayerHarness harness_;
};

TEST(FcLanesLayer, ComputesUnderAMaskWhatItComputesWithout) {
  for (const MaskedFc& c : kMasked) {
    const auto mask = random_mask(c.oc * c.src.size(), c.sparsity, 1);
    MaskedLayer layer(c);
    layer.expect_step(mask, 10);
    layer.hold(mask);
    EXPECT_EQ(layer.is_masked(), c.sparsity > 0.7);
    layer.expect_step(mask, 20);
    layer.expect_step(mask, 30);  // the weights have moved
    const auto other = random_mask(c.oc * c.src.size(), c.sparsity, 2);
    layer.hold(other);
    layer.expect_step(other, 40);
    layer.hold({});
    EXPECT_FALSE(layer.is_masked());
    layer.expect_step(other, 50);
  }
}

}  // namespace
}  // namespace karnin
