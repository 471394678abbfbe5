#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "runtime/core/counter_rng.h"
#include "runtime/kernels/fc_sparse.h"
#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"
#include "tests/support/lane_blocks.h"
#include "tests/support/reference_fc.h"

namespace karnin::test {
namespace {

using kernels::FcShape;

using FcLanesTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, FcLanesTest, testing::ValuesIn(isas_under_test()), isa_name);

TEST_P(FcLanesTest, ImagesIntoLanesAndBack) {
  for (const std::int64_t images : {1, 3, 4, 7, 8, 9, 16, 17, 40})
    for (const std::int64_t floats : {1, 3, 8, 10, 33}) {
      const auto rows = uniforms(images * floats, 1);
      const auto expected = to_blocks(rows, floats, table_.lanes);
      Guarded blocks(static_cast<std::int64_t>(expected.size())), back(images * floats);
      table_.rows_to_blocks(images, floats, rows.data(), blocks.data());
      EXPECT_TRUE(std::ranges::equal(blocks.span(), expected)) << images << " x " << floats;
      // What the idle lanes of the last block hold doesn't matter.
      for (std::int64_t i = images; i % table_.lanes != 0; ++i)
        for (std::int64_t j = 0; j < floats; ++j)
          blocks.data()[(i / table_.lanes * floats + j) * table_.lanes + i % table_.lanes] =
              std::numeric_limits<float>::quiet_NaN();
      table_.blocks_to_rows(images, floats, blocks.data(), back.data());
      EXPECT_TRUE(std::ranges::equal(back.span(), rows)) << images << " x " << floats;
      EXPECT_TRUE(blocks.intact() && back.intact());
    }
}

/// Dense and sparse forward, and the data gradient, against the reference.
template <typename Fill, typename Compare>
void check(const kernels::Table& table, const FcShape& s, double sparsity, const Fill& fill,
           const Compare& compare) {
  SCOPED_TRACE(testing::Message() << "rows " << s.rows << ", ic " << s.ic << ", oc " << s.oc);
  auto weights = fill(s.oc * s.ic, 2);
  CounterRng rng(7);
  for (float& weight : weights)
    if (rng.uniform() < sparsity) weight = 0.0F;
  const auto src = fill(s.rows * s.ic, 1), bias = fill(s.oc, 3), diff_dst = fill(s.rows * s.oc, 4);
  const auto src_lanes = to_blocks(src, s.ic, table.lanes);
  const auto diff_lanes = to_blocks(diff_dst, s.oc, table.lanes);
  const kernels::PackedSparse packed(SparseMatrix::from_dense(weights, s.oc, s.ic), table.lanes);
  const auto plain = [&](Guarded& lanes, std::int64_t floats) {
    EXPECT_TRUE(lanes.intact());
    return from_blocks(lanes.span(), floats, table.lanes, s.rows);
  };
  for (const bool relu : {false, true}) {
    Guarded dense(s.rows * s.oc), sparse(s.rows * s.oc);
    const Reference reference = reference_forward(s, src, weights, bias, relu);
    table.fc_lanes_forward(s, src_lanes.data(), weights.data(), bias.data(), relu, dense.data());
    table.fc_lanes_sparse(s, packed.view(), src_lanes.data(), bias.data(), relu, sparse.data());
    compare(plain(dense, s.oc), reference);
    EXPECT_TRUE(std::ranges::equal(dense.span(), sparse.span()));
    EXPECT_TRUE(sparse.intact());
  }
  Guarded diff_src(s.rows * s.ic);
  table.fc_lanes_backward_data(s, diff_lanes.data(), weights.data(), diff_src.data());
  compare(plain(diff_src, s.ic), reference_backward_data(s, diff_dst, weights));
}

TEST_P(FcLanesTest, ForwardAndBackwardData) {
  for (const std::int64_t blocks : {1, 2, 3, 4})
    for (const std::int64_t ic : {1, 2, 7, 13, 40})
      for (const std::int64_t oc : {1, 2, 5, 6, 7, 12, 13, 25, 33})
        for (const double sparsity : {0.0, 0.8}) {
          check(table_, {blocks * table_.lanes, ic, oc}, sparsity, integers, expect_equal);
          check(table_, {blocks * table_.lanes, ic, oc}, sparsity, uniforms, expect_near);
          if (HasFailure()) return;
        }
}

/// Of the weights that are kept; what lies between them stays as it was.
template <typename Fill, typename Compare>
void check_kept(const kernels::Table& table, const FcShape& s, double sparsity, const Fill& fill,
                const Compare& compare) {
  SCOPED_TRACE(testing::Message() << "rows " << s.rows << ", ic " << s.ic << ", oc " << s.oc);
  std::vector<float> mask(static_cast<std::size_t>(s.oc * s.ic), 1.0F);
  CounterRng rng(9);
  for (float& kept : mask) kept = rng.uniform() < sparsity ? 0.0F : 1.0F;
  const SparseMatrix pattern = SparseMatrix::from_dense(mask, s.oc, s.ic);
  const auto src = fill(s.rows * s.ic, 1), diff_dst = fill(s.rows * s.oc, 4);
  Guarded weights(s.oc * s.ic), bias(s.oc);
  std::fill_n(weights.data(), s.oc * s.ic, 77.0F);
  table.fc_lanes_backward_kept(
      s, {pattern.row_ptr.data(), pattern.col_idx.data()}, to_blocks(src, s.ic, table.lanes).data(),
      to_blocks(diff_dst, s.oc, table.lanes).data(), weights.data(), bias.data());
  Reference expected = reference_backward_weights(s, src, diff_dst);
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask[i] == 0) expected.value[i] = 77;
  compare(weights.span(), expected);
  compare(bias.span(), reference_backward_bias(s, diff_dst));
  EXPECT_TRUE(weights.intact() && bias.intact());
}

TEST_P(FcLanesTest, BackwardWeightsOfThoseKept) {
  for (const std::int64_t blocks : {1, 2, 3})
    for (const std::int64_t ic : {1, 7, 16, 33, 70})
      for (const std::int64_t oc : {1, 5})
        for (const double sparsity : {0.0, 0.5, 0.9, 1.0}) {
          check_kept(table_, {blocks * table_.lanes, ic, oc}, sparsity, integers, expect_equal);
          check_kept(table_, {blocks * table_.lanes, ic, oc}, sparsity, uniforms, expect_near);
          if (HasFailure()) return;
        }
}

}  // namespace
}  // namespace karnin::test
