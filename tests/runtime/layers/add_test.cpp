#include "runtime/layers/add.h"

#include <gmock/gmock.h>

#include "runtime/layers/reorder_lanes.h"
#include "tests/support/fill.h"

namespace karnin {
namespace {

TEST(AddLayer, AddsAndHandsItsGradientToBoth) {
  for (const Layout layout : {Layout::nchw, Layout::nChw8c, lanes_layout()}) {
    const AddLayer layer("sum", {3, {5, 2, 3}, layout});
    const std::int64_t floats = layer.dst().floats();
    auto left = test::integers(floats, 1), right = test::integers(floats, 2);
    auto diff = test::integers(floats, 3);
    std::vector<float> sum(left.size()), diff_left(left.size()), diff_right(left.size());
    const Binding::Source other{right.data(), diff_right.data()};
    const auto bound = layer.bind({.src = left.data(),
                                   .dst = sum.data(),
                                   .diff_src = diff_left.data(),
                                   .diff_dst = diff.data(),
                                   .others = {&other, 1}});
    bound->forward({});
    for (std::size_t i = 0; i < sum.size(); ++i) ASSERT_EQ(sum[i], left[i] + right[i]);
    bound->backward({}, {});
    EXPECT_TRUE(std::ranges::equal(diff_left, diff));
    EXPECT_TRUE(std::ranges::equal(diff_right, diff));
  }
}

TEST(AddLayer, GivesNoGradientToWhomNobodyAsksFor) {
  const AddLayer layer("sum", {1, {4, 1, 1}, Layout::nchw});
  std::vector<float> left(4), right(4), sum(4), diff_right(4), diff{1, 2, 3, 4};
  const Binding::Source other{right.data(), diff_right.data()};
  const auto bound = layer.bind(
      {.src = left.data(), .dst = sum.data(), .diff_dst = diff.data(), .others = {&other, 1}});
  bound->backward({}, {});
  EXPECT_EQ(diff_right, diff);
}

}  // namespace
}  // namespace karnin
