#include <gtest/gtest.h>

#include <vector>

#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"
#include "tests/support/reference_fc.h"

namespace karnin::test {
namespace {

using kernels::FcShape;

using FcDenseTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, FcDenseTest, testing::ValuesIn(isas_under_test()), isa_name);

/// Calls body(shape, fill, compare) for the whole sweep: integers must match exactly, uniforms to
/// rounding. Stops at the first failure, which names the shape.
template <typename Body>
void sweep(const std::vector<std::int64_t>& rows, const std::vector<std::int64_t>& channels,
           const Body& body) {
  for (const std::int64_t n : rows)
    for (const std::int64_t ic : channels)
      for (const std::int64_t oc : channels) {
        SCOPED_TRACE(testing::Message() << "rows " << n << ", ic " << ic << ", oc " << oc);
        body(FcShape{n, ic, oc}, integers, expect_equal);
        body(FcShape{n, ic, oc}, uniforms, expect_near);
        if (testing::Test::HasFailure()) return;
      }
}

/// Every remainder of every tile, and the paper's layers.
template <typename Body>
void sweep(const Body& body) {
  sweep({1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 33}, {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33}, body);
  sweep({1, 5, 16}, {10, 84, 120, 400}, body);
  sweep({1, 3, 8}, {257, 600}, body);  // more than one slice of k
}

std::vector<float> packed(const kernels::Table& table, const FcShape& s,
                          const std::vector<float>& weights) {
  std::vector<float> result(table.fc_packed_size(s.oc, s.ic));
  table.fc_pack(s.oc, s.ic, weights.data(), result.data());
  return result;
}

TEST_P(FcDenseTest, Forward) {
  sweep([&](const FcShape& s, auto fill, auto compare) {
    const auto src = fill(s.rows * s.ic, 1), weights = fill(s.oc * s.ic, 2), bias = fill(s.oc, 3);
    for (const bool relu : {false, true}) {
      const Reference reference = reference_forward(s, src, weights, bias, relu);
      Guarded dst(s.rows * s.oc);
      table_.fc_forward(s, src.data(), weights.data(), bias.data(), relu, dst.data());
      compare(dst.span(), reference);
      EXPECT_TRUE(dst.intact());
    }
  });
}

TEST_P(FcDenseTest, ForwardPacked) {
  sweep([&](const FcShape& s, auto fill, auto compare) {
    const auto src = fill(s.rows * s.ic, 1), weights = fill(s.oc * s.ic, 2), bias = fill(s.oc, 3);
    const auto panels = packed(table_, s, weights);
    for (const bool relu : {false, true}) {
      const Reference reference = reference_forward(s, src, weights, bias, relu);
      Guarded dst(s.rows * s.oc);
      table_.fc_forward_packed(s, src.data(), panels.data(), bias.data(), relu, dst.data());
      compare(dst.span(), reference);
      EXPECT_TRUE(dst.intact());
    }
  });
}

TEST_P(FcDenseTest, PackWritesWhatItSaid) {
  for (const std::int64_t oc : {1, 7, 24, 25, 120})
    for (const std::int64_t ic : {1, 9, 400}) {
      const auto weights = uniforms(oc * ic, 1);
      const std::size_t size = table_.fc_packed_size(oc, ic);
      Guarded panels(static_cast<std::int64_t>(size));
      table_.fc_pack(oc, ic, weights.data(), panels.data());
      EXPECT_TRUE(panels.intact()) << oc << " x " << ic;
    }
}

TEST_P(FcDenseTest, BackwardData) {
  sweep([&](const FcShape& s, auto fill, auto compare) {
    const auto diff_dst = fill(s.rows * s.oc, 1), weights = fill(s.oc * s.ic, 2);
    Guarded diff_src(s.rows * s.ic);
    table_.fc_backward_data(s, diff_dst.data(), weights.data(), diff_src.data());
    compare(diff_src.span(), reference_backward_data(s, diff_dst, weights));
    EXPECT_TRUE(diff_src.intact());
  });
}

TEST_P(FcDenseTest, BackwardWeights) {
  sweep([&](const FcShape& s, auto fill, auto compare) {
    const auto src = fill(s.rows * s.ic, 1), diff_dst = fill(s.rows * s.oc, 2);
    Guarded diff_weights(s.oc * s.ic), diff_bias(s.oc);
    table_.fc_backward_weights(s, src.data(), diff_dst.data(), diff_weights.data(),
                               diff_bias.data());
    compare(diff_weights.span(), reference_backward_weights(s, src, diff_dst));
    compare(diff_bias.span(), reference_backward_bias(s, diff_dst));
    EXPECT_TRUE(diff_weights.intact());
    EXPECT_TRUE(diff_bias.intact());
  });
}

TEST_P(FcDenseTest, AnImageGetsTheSameBitsInAnyRowOfAnyBatch) {
  const FcShape s{33, 85, 45}, one{1, 85, 45};
  const auto src = uniforms(s.rows * s.ic, 1), weights = uniforms(s.oc * s.ic, 2);
  const auto bias = uniforms(s.oc, 3), panels = packed(table_, s, weights);
  std::vector<float> plain(33 * 45), pack(33 * 45), plain_one(45), pack_one(45);
  table_.fc_forward(s, src.data(), weights.data(), bias.data(), false, plain.data());
  table_.fc_forward_packed(s, src.data(), panels.data(), bias.data(), false, pack.data());
  for (int row = 0; row < 33; ++row) {
    const float* image = src.data() + row * s.ic;
    table_.fc_forward(one, image, weights.data(), bias.data(), false, plain_one.data());
    table_.fc_forward_packed(one, image, panels.data(), bias.data(), false, pack_one.data());
    for (int o = 0; o < 45; ++o) {
      ASSERT_EQ(plain[row * 45 + o], plain_one[o]) << row << ", " << o;
      ASSERT_EQ(pack[row * 45 + o], pack_one[o]) << row << ", " << o;
    }
  }
}

}  // namespace
}  // namespace karnin::test
