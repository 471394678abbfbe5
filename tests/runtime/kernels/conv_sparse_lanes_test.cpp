#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "runtime/core/counter_rng.h"
#include "runtime/kernels/conv_sparse.h"
#include "tests/runtime/kernels/conv_operands.h"
#include "tests/runtime/kernels/grouped_convs.h"
#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"

namespace karnin::test {
namespace {

using ConvSparseLanesTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, ConvSparseLanesTest, testing::ValuesIn(isas_under_test()), isa_name);

std::vector<float> thinned(std::vector<float> weights, double sparsity) {
  CounterRng rng(5);
  for (float& weight : weights)
    if (rng.uniform() < sparsity) weight = 0.0F;
  return weights;
}

/// Skipping the zeros changes no bit: tiles of all sizes, whole and cut off, several groups of
/// planes, windows that hang over the border.
TEST_P(ConvSparseLanesTest, Forward) {
  for (const double sparsity : {0.0, 0.5, 1.0})
    for (const ConvShape& s :
         {shape(3, {7, 4}, 3, {4, 3}, {1, 1}, {0, 0}), shape(3, {7, 9}, 3, {4, 3}, {2, 2}, {0, 0}),
          shape(40, {9, 16}, 3, {3, 3}, {1, 1}, {1, 1}),
          shape(70, {5, 33}, 2, {3, 3}, {1, 1}, {1, 1}),
          shape(2, {12, 31}, 3, {5, 5}, {2, 2}, {2, 2}),
          shape(2, {11, 29}, 3, {2, 4}, {1, 3}, {1, 3}),
          shape(33, {3, 17}, 5, {1, 1}, {1, 1}, {0, 0}),
          shape(33, {7, 17}, 5, {1, 1}, {2, 2}, {0, 0}),
          shape(2, {40, 60}, 2, {11, 11}, {4, 4}, {2, 2}),
          shape(1, {30, 30}, 2, {19, 19}, {1, 1}, {9, 9})}) {
      SCOPED_TRACE(name(s));
      Operands o(table_, s, uniforms);
      o.weights = thinned(std::move(o.weights), sparsity);
      ASSERT_TRUE(kernels::PackedConvTiles::fits_in_lanes(s, o.lanes));
      const auto packed = kernels::PackedConvTiles::in_lanes(s, o.weights, o.lanes);
      std::vector<float> dense(o.diff_dst.size());
      Guarded sparse(o.lanes * o.dst_floats);
      for (const bool relu : {false, true}) {
        table_.conv_lanes_forward(s, o.src_lanes.data(), o.weights.data(), o.bias.data(), relu,
                                  dense.data());
        table_.conv_lanes_sparse(s, packed.view(), 0, s.oh, o.src_lanes.data(), o.bias.data(),
                                 nullptr, relu, sparse.data());
        EXPECT_TRUE(std::ranges::equal(dense, sparse.span()));
        EXPECT_TRUE(sparse.intact());
      }
    }
}

/// Groups and dilation, in parts, with something added, which may be where the sums will be.
TEST_P(ConvSparseLanesTest, IsTheDefinition) {
  for (ConvCase c : grouped_and_dilated())
    for (const double sparsity : {0.0, 0.8, 1.0}) {
      c.images = table_.lanes;
      const Conv2d& spec = c.spec;
      const ConvShape s{c.src.c,   c.src.h,   c.src.w, spec.oc, c.dst().h,
                        c.dst().w, spec.kh,   spec.kw, spec.sh, spec.sw,
                        spec.ph.l, spec.pw.l, spec.dh, spec.dw, spec.groups};
      SCOPED_TRACE(name(s));
      const Values src = integers(c.src_size(), 1), bias = integers(c.spec.oc, 3),
                   added = integers(c.dst_size(), 4);
      const Values weights = thinned(integers(c.weights_size(), 2), sparsity);
      Values expected = to_float(reference_conv(c, src, weights, bias));
      for (std::size_t i = 0; i < expected.size(); ++i)
        expected[i] = std::max(expected[i] + added[i], 0.0F);
      const auto packed = kernels::PackedConvTiles::in_lanes(s, weights, table_.lanes);
      const std::int64_t rows = packed.view().tile.rows;
      const Values in_lanes = to_blocks(src, c.src.size(), table_.lanes);
      Values dst = to_blocks(added, c.dst().size(), table_.lanes);
      for (std::int64_t y = 0; y < s.oh; y += rows)
        table_.conv_lanes_sparse(s, packed.view(), y, std::min(y + rows, s.oh), in_lanes.data(),
                                 bias.data(), dst.data(), true, dst.data());
      EXPECT_EQ(dst, to_blocks(expected, c.dst().size(), table_.lanes));
    }
}

TEST_P(ConvSparseLanesTest, WindowsThatFitInNoCacheAreLeftToTheDenseKernel) {
  const ConvShape s = shape(1, {60, 60}, 1, {50, 50}, {1, 1}, {0, 0});
  EXPECT_EQ(kernels::PackedConvTiles::fits_in_lanes(s, table_.lanes), table_.lanes * 2500 <= 6144);
}

TEST_P(ConvSparseLanesTest, ForwardWithAPool) {
  for (const double sparsity : {0.0, 0.5, 1.0})
    for (const std::int64_t w : {4, 5, 9, 14, 16, 17, 33}) {
      const ConvShape s = shape(3, {7, w}, 3, {4, 3}, {1, 1}, {0, 0});
      SCOPED_TRACE(name(s));
      Operands o(table_, s, uniforms);
      o.weights = thinned(std::move(o.weights), sparsity);
      const kernels::PackedConv packed(s, o.weights, o.lanes);
      const std::int64_t floats = s.oc * (s.oh / 2) * (s.ow / 2);
      for (const bool relu : {false, true}) {
        Guarded squares(o.lanes * floats), expected(o.lanes * floats);
        table_.conv_lanes_forward_pooled(s, o.src_lanes.data(), o.weights.data(), o.bias.data(),
                                         relu, expected.data());
        table_.conv_lanes_sparse_pooled(s, packed.view(), o.src_lanes.data(), o.bias.data(), relu,
                                        squares.data());
        EXPECT_TRUE(std::ranges::equal(squares.span(), expected.span()));
        EXPECT_TRUE(squares.intact());
      }
    }
}

}  // namespace
}  // namespace karnin::test
