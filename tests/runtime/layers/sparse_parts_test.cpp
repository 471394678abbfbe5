#include "runtime/layers/sparse_parts.h"

#include <gtest/gtest.h>

#include "runtime/core/parallel.h"
#include "runtime/layers/fc_inference.h"
#include "runtime/layers/fc_lanes.h"
#include "runtime/layers/reorder_lanes.h"
#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_fc.h"

namespace karnin {
namespace {

using test::integers;
using test::uniforms;
using Bounds = std::vector<std::int64_t>;

/// A matrix whose row i keeps the first counts[i] of its weights.
SparseMatrix with_counts(const std::vector<std::int64_t>& counts, std::int64_t cols) {
  std::vector<float> weights(counts.size() * static_cast<std::size_t>(cols), 0.0F);
  for (std::size_t row = 0; row < counts.size(); ++row)
    std::fill_n(weights.begin() + static_cast<std::ptrdiff_t>(row) * cols, counts[row], 1.0F);
  return SparseMatrix::from_dense(weights, static_cast<std::int64_t>(counts.size()), cols);
}

TEST(BalancedRows, CutsWhereTheWeightsAreHalved) {
  EXPECT_EQ(balanced_rows(with_counts(std::vector<std::int64_t>(64, 10), 20), 2),
            (Bounds{0, 32, 64}));
  // Eight full rows weigh as much as 56 of the others.
  std::vector<std::int64_t> counts(64, 10);
  std::fill_n(counts.begin(), 8, 76);
  EXPECT_EQ(balanced_rows(with_counts(counts, 100), 2), (Bounds{0, 8, 64}));
}

TEST(BalancedRows, GivesNoPartMoreThanItsShareAndAStep) {
  std::vector<std::int64_t> counts(203);
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = static_cast<std::int64_t>(i * i % 50);
  const SparseMatrix matrix = with_counts(counts, 50);
  for (const std::int64_t parts : {1, 2, 3, 7}) {
    const Bounds bounds = balanced_rows(matrix, parts);
    ASSERT_LE(bounds.size(), static_cast<std::size_t>(parts) + 1);
    EXPECT_EQ(bounds.front(), 0);
    EXPECT_EQ(bounds.back(), 203);
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      EXPECT_LT(bounds[i], bounds[i + 1]);
      const auto work = matrix.row_ptr[static_cast<std::size_t>(bounds[i + 1])] -
                        matrix.row_ptr[static_cast<std::size_t>(bounds[i])] + bounds[i + 1] -
                        bounds[i];
      EXPECT_LE(work, (matrix.nnz() + 203) / parts + 8 * 50);
    }
  }
}

TEST(BalancedRows, MatricesThatCannotBeCut) {
  EXPECT_EQ(balanced_rows(with_counts({3, 2, 1}, 4), 5), (Bounds{0, 3}));
  EXPECT_EQ(balanced_rows(with_counts(std::vector<std::int64_t>(16, 0), 4), 1), (Bounds{0, 16}));
  EXPECT_EQ(balanced_rows(SparseMatrix::from_dense({}, 0, 0), 3), (Bounds{0, 0}));
}

TEST(SparseParts, SmallLayersStayWhole) {
  EXPECT_EQ(SparseParts(with_counts(std::vector<std::int64_t>(84, 12), 120), 8, 16).count(), 1);
  EXPECT_GT(SparseParts(with_counts(std::vector<std::int64_t>(1024, 500), 512), 1, 1).count(), 1);
}

/// Large enough to be shared, in several passes of images.
constexpr std::int64_t kImages = 70, kIn = 600, kOut = 203;

std::vector<float> forward(const Layer& layer, const std::vector<float>& src, int threads) {
  test::LayerHarness harness(layer);
  harness.bind_inference();
  std::vector<float> dst;
  Arena arena(threads);
  arena.for_each(1, [&](std::int64_t) { dst = harness.forward(src); });
  return dst;
}

TEST(SharedFc, AnyNumberOfThreadsGivesTheBitsOfOne) {
  const auto src = integers(kImages * kIn, 1), weights = integers(kOut * kIn, 2),
             bias = integers(kOut, 3);
  const test::Reference reference =
      test::reference_forward({kImages, kIn, kOut}, src, weights, bias, true);
  for (const FcKernel kernel : {FcKernel::dense, FcKernel::sparse_lanes, FcKernel::sparse_gather}) {
    SCOPED_TRACE(to_string(kernel));
    const auto layer =
        make_fc_inference("fc", {kOut}, {kImages, {kIn, 1, 1}, Layout::nchw}, true, kernel);
    layer->set_parameters(test::parameters(weights, bias));
    const auto alone = forward(*layer, src, 1);
    test::expect_equal(alone, reference);
    // Whose sums depend on their order.
    const auto any_src = uniforms(kImages * kIn, 4), any_weights = uniforms(kOut * kIn, 5);
    layer->set_parameters(test::parameters(any_weights, bias));
    const auto any = forward(*layer, any_src, 1);
    for (const int threads : {2, 3, 5}) EXPECT_EQ(forward(*layer, any_src, threads), any);
  }
}

TEST(SharedFc, InLanesToo) {
  constexpr std::int64_t kWhole = 64;  // blocks without a blank lane
  const auto src = integers(kWhole * kIn, 1), weights = integers(kOut * kIn, 2),
             bias = integers(kOut, 3);
  FcSparseLanesLayer layer("fc", {kOut}, {kWhole, {kIn, 1, 1}, lanes_layout()}, false);
  layer.set_parameters(test::parameters(weights, bias));
  const auto alone = forward(layer, src, 1);
  test::expect_equal(alone,
                     test::reference_forward({kWhole, kIn, kOut}, src, weights, bias, false));
  const auto any_src = uniforms(kWhole * kIn, 4), any_weights = uniforms(kOut * kIn, 5);
  layer.set_parameters(test::parameters(any_weights, bias));
  EXPECT_EQ(forward(layer, any_src, 3), forward(layer, any_src, 1));
}

TEST(SharedFc, KeptWeightsAloneAreCutAsAll) {
  const auto src = uniforms(kImages * kIn, 4), weights = uniforms(kOut * kIn, 5),
             bias = uniforms(kOut, 6);
  const SparseMatrix kept = SparseMatrix::from_dense(weights, kOut, kIn);
  for (const FcKernel kernel : {FcKernel::sparse_lanes, FcKernel::sparse_gather}) {
    const auto layer =
        make_fc_inference("fc", {kOut}, {kImages, {kIn, 1, 1}, Layout::nchw}, true, kernel);
    layer->set_parameters(test::parameters(weights, bias));
    const auto expected = forward(*layer, src, 1);
    layer->set_sparse_parameters(kept, test::parameters({}, bias));
    for (const int threads : {1, 3}) EXPECT_EQ(forward(*layer, src, threads), expected);
  }
}

}  // namespace
}  // namespace karnin
