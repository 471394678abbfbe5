#include "runtime/kernels/fc_sparse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <utility>
#include <vector>

#include "runtime/core/counter_rng.h"
#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"
#include "tests/support/lane_blocks.h"
#include "tests/support/reference_fc.h"

namespace karnin::test {
namespace {

using kernels::FcShape;
using kernels::PackedSparse;

using FcSparseTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, FcSparseTest, testing::ValuesIn(isas_under_test()), isa_name);

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

/// What both kernels make of one layer.
struct Outputs {
  Guarded lanes, gather;
};

Outputs run(const kernels::Table& table, const FcShape& s, const SparseMatrix& weights,
            const std::vector<float>& src, const std::vector<float>& bias, bool relu) {
  Outputs out{Guarded(s.rows * s.oc), Guarded(s.rows * s.oc)};
  Guarded scratch(static_cast<std::int64_t>(table.fc_sparse_scratch(s)));
  table.fc_sparse_lanes(PackedSparse(weights, table.lanes).view(), s.rows, src.data(), bias.data(),
                        relu, out.lanes.data(), scratch.data());
  table.fc_sparse_gather(PackedSparse(weights, 1).view(), s.rows, src.data(), bias.data(), relu,
                         out.gather.data());
  EXPECT_TRUE(out.lanes.intact() && out.gather.intact() && scratch.intact());
  return out;
}

/// Both kernels against the reference.
template <typename Fill, typename Compare>
void check(const kernels::Table& table, const FcShape& s, double sparsity, bool empty_rows,
           const Fill& fill, const Compare& compare) {
  SCOPED_TRACE(testing::Message() << "rows " << s.rows << ", ic " << s.ic << ", oc " << s.oc
                                  << ", sparsity " << sparsity << ", empty rows " << empty_rows);
  const auto weights = thinned(fill(s.oc * s.ic, 2), s.ic, sparsity, empty_rows);
  const auto src = fill(s.rows * s.ic, 1), bias = fill(s.oc, 3);
  const SparseMatrix matrix = SparseMatrix::from_dense(weights, s.oc, s.ic);
  for (const bool relu : {false, true}) {
    const Reference reference = reference_forward(s, src, weights, bias, relu);
    const Outputs out = run(table, s, matrix, src, bias, relu);
    compare(out.lanes.span(), reference);
    compare(out.gather.span(), reference);
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

TEST_P(FcSparseTest, TilesOfColumns) {
  for (const std::int64_t ic : {512, 513, 1030, 1600})
    for (const double sparsity : {0.5, 0.98}) {
      check(table_, {19, ic, 7}, sparsity, true, integers, expect_equal);
      check(table_, {70, ic, 5}, sparsity, false, uniforms, expect_near);
    }
  check(table_, {3, 40000, 2}, 0.999, false, integers, expect_equal);
}

TEST_P(FcSparseTest, PanelsOfRows) {
  check(table_, {17, 530, 1027}, 0.99, true, integers, expect_equal);
}

TEST_P(FcSparseTest, RangesOfRowsMakeTheWhole) {
  const FcShape s{19, 530, 45};
  const auto weights = thinned(integers(s.oc * s.ic, 2), s.ic, 0.8);
  const auto src = integers(s.rows * s.ic, 1), bias = integers(s.oc, 3);
  const SparseMatrix matrix = SparseMatrix::from_dense(weights, s.oc, s.ic);
  Guarded lanes(s.rows * s.oc), gather(s.rows * s.oc);
  Guarded scratch(static_cast<std::int64_t>(table_.fc_sparse_scratch(s)));
  std::vector<float> turned = to_blocks(src, s.ic, table_.lanes);
  const FcShape blocks{static_cast<std::int64_t>(turned.size()) / s.ic, s.ic, s.oc};
  Guarded sums(blocks.rows * s.oc);
  const std::vector<std::int64_t> bounds{0, 9, 16, 45};
  const PackedSparse in_lanes(matrix, table_.lanes, bounds), single(matrix, 1, bounds);
  ASSERT_EQ(single.parts(), 3);
  for (const std::int64_t part : {2, 0, 1}) {
    table_.fc_lanes_sparse(blocks, in_lanes.view(part), turned.data(), bias.data(), true,
                           sums.data());
    table_.fc_sparse_gather(single.view(part), s.rows, src.data(), bias.data(), true,
                            gather.data());
  }
  table_.blocks_to_rows(s.rows, s.oc, sums.data(), lanes.data());
  const Reference reference = reference_forward(s, src, weights, bias, true);
  expect_equal(lanes.span(), reference);
  expect_equal(gather.span(), reference);
  EXPECT_TRUE(lanes.intact() && gather.intact() && sums.intact());
}

TEST_P(FcSparseTest, StoredZerosCountAsWeights) {
  const std::vector<float> weights{0, 2, 0, 3}, src{5, 7}, bias{1, 1};
  const std::vector<std::uint8_t> mask{1, 1, 1, 0};
  const SparseMatrix matrix = SparseMatrix::from_dense(weights, 2, 2, mask);
  ASSERT_EQ(matrix.nnz(), 3);
  const Outputs out = run(table_, {1, 2, 2}, matrix, src, bias, false);
  EXPECT_THAT(out.lanes.span(), testing::ElementsAre(15.0F, 1.0F));
  EXPECT_THAT(out.gather.span(), testing::ElementsAre(15.0F, 1.0F));
}

TEST_P(FcSparseTest, DenseAndSparseAgreeBitForBit) {
  const FcShape s{21, 1300, 50};
  const auto weights = thinned(uniforms(s.oc * s.ic, 2), s.ic, 0.8);
  const auto src = uniforms(s.rows * s.ic, 1), bias = uniforms(s.oc, 3);
  std::vector<float> panels(table_.fc_packed_size(s.oc, s.ic));
  table_.fc_pack(s.oc, s.ic, weights.data(), panels.data());
  std::vector<float> plain(21 * 50), dense(21 * 50);
  table_.fc_forward(s, src.data(), weights.data(), bias.data(), true, plain.data());
  table_.fc_forward_packed(s, src.data(), panels.data(), bias.data(), true, dense.data());
  const Outputs out =
      run(table_, s, SparseMatrix::from_dense(weights, s.oc, s.ic), src, bias, true);
  EXPECT_EQ(dense, plain);
  EXPECT_THAT(out.lanes.span(), testing::ElementsAreArray(dense));
  EXPECT_THAT(out.gather.span(), testing::ElementsAreArray(dense));
}

/// All of one kind that a stream of steps holds.
template <typename T>
std::vector<T> of_steps(const kernels::SparseView& view, std::int64_t steps, std::int64_t group,
                        std::int64_t first_byte) {
  std::vector<T> values(static_cast<std::size_t>(steps * group));
  for (std::int64_t step = 0; step < steps; ++step)
    std::memcpy(values.data() + step * group,
                view.steps + step * kernels::sparse_step_bytes(group) + first_byte,
                static_cast<std::size_t>(group) * sizeof(T));
  return values;
}

std::vector<float> weights_of(const kernels::SparseView& view, std::int64_t steps,
                              std::int64_t group) {
  return of_steps<float>(view, steps, group, 0);
}

std::vector<std::uint16_t> offsets_of(const kernels::SparseView& view, std::int64_t steps,
                                      std::int64_t group) {
  return of_steps<std::uint16_t>(view, steps, group, group * 4);
}

/// Row lengths 1, 0, 3, 2, 1.
SparseMatrix five_rows() {
  const std::vector<float> weights{0, 1, 0,  //
                                   0, 0, 0,  //
                                   2, 3, 4,  //
                                   5, 0, 6,  //
                                   0, 0, 7};
  return SparseMatrix::from_dense(weights, 5, 3);
}

TEST(PackedSparseTest, GroupsRowsByLength) {
  const PackedSparse packed(five_rows(), 8);
  const kernels::SparseView view = packed.view();
  ASSERT_EQ(view.tiles, 1);
  ASSERT_EQ(view.groups, 2);
  EXPECT_EQ(std::vector<std::uint32_t>(view.group_rows, view.group_rows + 8),
            (std::vector<std::uint32_t>{2, 3, 0, 4, 1, 5, 5, 5}));
  EXPECT_EQ(std::vector<std::uint64_t>(view.group_ptr, view.group_ptr + 3),
            (std::vector<std::uint64_t>{0, 3, 3}));
  EXPECT_EQ(weights_of(view, 3, 4), (std::vector<float>{2, 5, 1, 7, 3, 6, 0, 0, 4, 0, 0, 0}));
  EXPECT_EQ(offsets_of(view, 3, 4),
            (std::vector<std::uint16_t>{0, 0, 32, 64, 32, 64, 0, 0, 64, 0, 0, 0}));
}

TEST(PackedSparseTest, GroupsEightRowsForOneImage) {
  const PackedSparse packed(five_rows(), 1);
  const kernels::SparseView view = packed.view();
  ASSERT_EQ(view.groups, 1);
  EXPECT_EQ(std::vector<std::uint32_t>(view.group_rows, view.group_rows + 8),
            (std::vector<std::uint32_t>{2, 3, 0, 4, 1, 5, 5, 5}));
  EXPECT_EQ(weights_of(view, 2, 8),
            (std::vector<float>{2, 5, 1, 7, 0, 0, 0, 0, 3, 6, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(offsets_of(view, 2, 8),
            (std::vector<std::uint16_t>{0, 0, 4, 8, 0, 0, 0, 0, 4, 8, 0, 0, 0, 0, 0, 0}));
}

TEST(PackedSparseTest, SortsTheRowsOfEachTile) {
  std::vector<float> weights(2 * 600, 0.0F);
  weights[299] = 1;        // row 0, the last column of the first tile
  weights[600 + 300] = 2;  // row 1, the first of the second
  const PackedSparse packed(SparseMatrix::from_dense(weights, 2, 600), 8);
  const kernels::SparseView view = packed.view();
  ASSERT_EQ(view.tiles, 2);
  EXPECT_EQ(view.tile_columns, 300);
  EXPECT_EQ(std::vector<std::uint32_t>(view.group_rows, view.group_rows + 8),
            (std::vector<std::uint32_t>{0, 1, 2, 2, 1, 0, 2, 2}));
  EXPECT_EQ(weights_of(view, 2, 4), (std::vector<float>{1, 0, 0, 0, 2, 0, 0, 0}));
  EXPECT_EQ(offsets_of(view, 2, 4), (std::vector<std::uint16_t>{299 * 32, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(PackedSparseTest, ViewSurvivesAMove) {
  const std::vector<float> weights{1, 2, 3, 4};
  PackedSparse packed(SparseMatrix::from_dense(weights, 2, 2), 1);
  const kernels::SparseView before = packed.view();
  const PackedSparse moved = std::move(packed);
  EXPECT_EQ(moved.view().steps, before.steps);
  EXPECT_EQ(moved.view().group_ptr, before.group_ptr);
  EXPECT_EQ(moved.view().group_rows, before.group_rows);
}

}  // namespace
}  // namespace karnin::test
