#include "runtime/kernels/fc_sparse.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "runtime/core/counter_rng.h"
#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"
#include "tests/support/reference_fc.h"

namespace karnin::test {
namespace {

using kernels::FcShape;
using kernels::PackedSparse;

using FcSparseTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, FcSparseTest, testing::ValuesIn(supported_isas()), isa_name);

/// Zeroes about that share of the weights; rows 0, 3, 6, ... lose all of theirs if `empty_rows`.
std::vector<float> thinned(std::vector<float> weights, std::int64_t ic, double sparsity,
                           bool empty_rows = false) {
  CounterRng rng(7);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const bool lost = rng.uniform() < sparsity;
    if (lost || (empty_rows && i / static_cast<std::size_t>(ic) % 3 == 0)) weights[i] = 0.0F;
  }
  return weights;
}

/// Both kernels against the reference.
template <typename Fill, typename Compare>
void check(const kernels::Table& table, const FcShape& s, double sparsity, bool empty_rows,
           const Fill& fill, const Compare& compare) {
  SCOPED_TRACE(testing::Message() << "rows " << s.rows << ", ic " << s.ic << ", oc " << s.oc
                                  << ", sparsity " << sparsity << ", empty rows " << empty_rows);
  const auto weights = thinned(fill(s.oc * s.ic, 2), s.ic, sparsity, empty_rows);
  const auto src = fill(s.rows * s.ic, 1), bias = fill(s.oc, 3);
  const PackedSparse sparse(SparseMatrix::from_dense(weights, s.oc, s.ic));
  for (const bool relu : {false, true}) {
    const Reference reference = reference_forward(s, src, weights, bias, relu);
    Guarded lanes(s.rows * s.oc), gather(s.rows * s.oc);
    Guarded scratch(static_cast<std::int64_t>(table.fc_sparse_scratch(s.ic, s.oc)));
    table.fc_sparse_lanes(sparse.view(), s.rows, src.data(), bias.data(), relu, lanes.data(),
                          scratch.data());
    table.fc_sparse_gather(sparse.view(), s.rows, src.data(), bias.data(), relu, gather.data());
    compare(lanes.span(), reference);
    compare(gather.span(), reference);
    EXPECT_TRUE(lanes.intact() && gather.intact() && scratch.intact());
  }
}

TEST_P(FcSparseTest, EveryShapeAndSparsity) {
  for (const std::int64_t rows : {1, 2, 7, 8, 9, 15, 16, 17, 33, 40})
    for (const std::int64_t ic : {1, 2, 3, 7, 8, 9, 17, 33, 120})
      for (const std::int64_t oc : {1, 2, 3, 4, 5, 8, 9, 31, 84})
        for (const double sparsity : {0.0, 0.5, 0.9, 1.0}) {
          check(table_, {rows, ic, oc}, sparsity, false, integers, expect_equal);
          check(table_, {rows, ic, oc}, sparsity, true, uniforms, expect_near);
          if (HasFailure()) return;
        }
}

TEST_P(FcSparseTest, ThePapersFirstLayer) {
  for (const double sparsity : {0.0, 0.7, 0.95})
    check(table_, {33, 400, 120}, sparsity, true, uniforms, expect_near);
}

TEST_P(FcSparseTest, StoredZerosCountAsWeights) {
  const std::vector<float> weights{0, 2, 0, 3}, src{5, 7}, bias{1, 1};
  const std::vector<std::uint8_t> mask{1, 1, 1, 0};
  const PackedSparse sparse(SparseMatrix::from_dense(weights, 2, 2, mask));
  float dst[2];
  table_.fc_sparse_gather(sparse.view(), 1, src.data(), bias.data(), false, dst);
  EXPECT_EQ(dst[0], 15.0F);
  EXPECT_EQ(dst[1], 1.0F);
}

TEST_P(FcSparseTest, DenseAndSparseAgreeBitForBit) {
  const FcShape s{21, 300, 50};
  const auto weights = thinned(uniforms(s.oc * s.ic, 2), s.ic, 0.8);
  const auto src = uniforms(s.rows * s.ic, 1), bias = uniforms(s.oc, 3);
  const PackedSparse sparse(SparseMatrix::from_dense(weights, s.oc, s.ic));
  std::vector<float> panels(table_.fc_packed_size(s.oc, s.ic));
  table_.fc_pack(s.oc, s.ic, weights.data(), panels.data());
  std::vector<float> scratch(table_.fc_sparse_scratch(s.ic, s.oc));
  std::vector<float> plain(21 * 50), dense(21 * 50), lanes(21 * 50), gather(21 * 50);
  table_.fc_forward(s, src.data(), weights.data(), bias.data(), true, plain.data());
  table_.fc_forward_packed(s, src.data(), panels.data(), bias.data(), true, dense.data());
  table_.fc_sparse_lanes(sparse.view(), s.rows, src.data(), bias.data(), true, lanes.data(),
                         scratch.data());
  table_.fc_sparse_gather(sparse.view(), s.rows, src.data(), bias.data(), true, gather.data());
  EXPECT_EQ(dense, plain);
  EXPECT_EQ(dense, lanes);
  EXPECT_EQ(dense, gather);
}

TEST(PackedSparseTest, GroupsRowsByLength) {
  // Row lengths 1, 0, 3, 2, 1.
  const std::vector<float> weights{0, 1, 0,  //
                                   0, 0, 0,  //
                                   2, 3, 4,  //
                                   5, 0, 6,  //
                                   0, 0, 7};
  const PackedSparse packed(SparseMatrix::from_dense(weights, 5, 3));
  const kernels::SparseView view = packed.view();
  ASSERT_EQ(view.groups, 2);
  EXPECT_EQ(std::vector<std::uint32_t>(view.group_rows, view.group_rows + 8),
            (std::vector<std::uint32_t>{2, 3, 0, 4, 1, 5, 5, 5}));
  EXPECT_EQ(std::vector<std::uint64_t>(view.group_ptr, view.group_ptr + 3),
            (std::vector<std::uint64_t>{0, 3, 3}));
  const float steps[3][4] = {{2, 5, 1, 7}, {3, 6, 0, 0}, {4, 0, 0, 0}};
  for (int step = 0; step < 3; ++step)
    for (int r = 0; r < 4; ++r) EXPECT_EQ(view.entries[step * 4 + r].weight, steps[step][r]);
}

TEST(PackedSparseTest, ViewSurvivesAMove) {
  const std::vector<float> weights{1, 2, 3, 4};
  PackedSparse packed(SparseMatrix::from_dense(weights, 2, 2));
  const kernels::SparseView before = packed.view();
  const PackedSparse moved = std::move(packed);
  EXPECT_EQ(moved.view().entries, before.entries);
  EXPECT_EQ(moved.view().group_ptr, before.group_ptr);
}

}  // namespace
}  // namespace karnin::test
