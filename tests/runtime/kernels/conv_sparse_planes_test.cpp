#include <gtest/gtest.h>

#include <vector>

#include "runtime/core/counter_rng.h"
#include "runtime/kernels/conv_sparse.h"
#include "tests/runtime/kernels/grouped_convs.h"
#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"
#include "tests/support/reference_conv.h"

namespace karnin::test {
namespace {

using kernels::ConvShape;
using kernels::PackedConvTiles;

using ConvSparsePlanesTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, ConvSparsePlanesTest, testing::ValuesIn(isas_under_test()),
                         isa_name);

ConvShape shape_of(const ConvCase& c) {
  const Conv2d& s = c.spec;
  return {c.src.c, c.src.h, c.src.w, s.oc,   c.dst().h, c.dst().w, s.kh,    s.kw,
          s.sh,    s.sw,    s.ph.l,  s.pw.l, s.dh,      s.dw,      s.groups};
}

/// Tiles of many rows, of one, of a part of one; all remainders of a vector; windows over every
/// border; more planes than lie in a group; strides wider than the kernel.
std::vector<ConvCase> sparse_convs() {
  std::vector<ConvCase> result;
  for (std::int64_t w = 1; w < 40; ++w)
    result.push_back({1, {3, 7, w}, {.oc = 2, .kh = 3, .kw = w < 3 ? 1 : 3, .ph = 1}});
  for (const std::int64_t w : {8, 14, 17, 32, 56, 130, 500})
    result.push_back({1, {5, 9, w}, {.oc = 3, .kh = 3, .kw = 3, .ph = 1, .pw = 1}});
  for (const std::int64_t stride : {1, 2, 3})
    for (const std::int64_t kernel : {1, 2, 3, 5, 7})
      result.push_back({1,
                        {3, 16, 19},
                        {.oc = 2,
                         .kh = kernel,
                         .kw = kernel,
                         .sh = stride,
                         .sw = stride,
                         .ph = {kernel / 2, kernel - 1 - kernel / 2},
                         .pw = kernel / 2}});
  result.push_back({1, {200, 7, 7}, {.oc = 3, .kh = 3, .kw = 3, .ph = 1, .pw = 1}});
  result.push_back({1, {300, 14, 14}, {.oc = 3, .kh = 1, .kw = 1}});
  result.push_back({1, {2, 21, 40}, {.oc = 2, .kh = 2, .kw = 4, .sh = 3, .sw = 1, .pw = {0, 3}}});
  for (const auto& c : test::grouped_and_dilated()) result.push_back(c);
  return result;
}

struct PlaneOperands {
  PlaneOperands(const ConvCase& c, double sparsity)
      : src(integers(c.src_size(), 1)),
        weights(integers(c.weights_size(), 2)),
        bias(integers(c.spec.oc, 3)),
        added(integers(c.dst_size(), 4)) {
    CounterRng rng(5);
    for (float& weight : weights)
      if (rng.uniform() < sparsity) weight = 0.0F;
  }

  /// Sums of small integers, exact in any order.
  Values expected(const ConvCase& c, bool adds, bool relu) const {
    Values dst = to_float(reference_conv(c, src, weights, bias));
    for (std::size_t i = 0; i < dst.size(); ++i) {
      if (adds) dst[i] += added[i];
      if (relu && dst[i] < 0) dst[i] = 0;
    }
    return dst;
  }

  Values src, weights, bias, added;
};

TEST_P(ConvSparsePlanesTest, IsTheDefinition) {
  for (const ConvCase& c : sparse_convs())
    for (const double sparsity : {0.0, 0.8, 1.0}) {
      const ConvShape s = shape_of(c);
      SCOPED_TRACE(testing::PrintToString(std::vector{s.ic, s.ih, s.iw, s.kh, s.kw, s.sh, s.ph}));
      ASSERT_TRUE(PackedConvTiles::fits_in_planes(s, table_.lanes));
      const PlaneOperands o(c, sparsity);
      const auto kept = PackedConvTiles::in_planes(s, o.weights, table_.lanes);
      for (const bool relu : {false, true}) {
        Guarded dst(c.dst_size());
        table_.conv_planes_sparse(s, kept.view(), 0, s.oh, o.src.data(), o.bias.data(), nullptr,
                                  relu, dst.data());
        EXPECT_TRUE(std::ranges::equal(dst.span(), o.expected(c, false, relu)));
        table_.conv_planes_sparse(s, kept.view(), 0, s.oh, o.src.data(), o.bias.data(),
                                  o.added.data(), relu, dst.data());
        EXPECT_TRUE(std::ranges::equal(dst.span(), o.expected(c, true, relu)));
        std::ranges::copy(o.added, dst.data());  // in place
        table_.conv_planes_sparse(s, kept.view(), 0, s.oh, o.src.data(), o.bias.data(), dst.data(),
                                  relu, dst.data());
        EXPECT_TRUE(std::ranges::equal(dst.span(), o.expected(c, true, relu)));
        EXPECT_TRUE(dst.intact());
      }
    }
}

TEST_P(ConvSparsePlanesTest, PartsAreTheWhole) {
  for (const ConvCase& c : sparse_convs()) {
    const ConvShape s = shape_of(c);
    PlaneOperands o(c, 0.5);
    o.src = uniforms(c.src_size(), 1);
    const auto kept = PackedConvTiles::in_planes(s, o.weights, table_.lanes);
    Values whole(static_cast<std::size_t>(c.dst_size())), parts(whole.size());
    table_.conv_planes_sparse(s, kept.view(), 0, s.oh, o.src.data(), o.bias.data(), nullptr, true,
                              whole.data());
    const std::int64_t rows = kept.view().tile.rows;
    for (std::int64_t y = 0; y < s.oh; y += rows)
      table_.conv_planes_sparse(s, kept.view(), y, std::min(y + rows, s.oh), o.src.data(),
                                o.bias.data(), nullptr, true, parts.data());
    EXPECT_EQ(parts, whole);
  }
}

TEST_P(ConvSparsePlanesTest, AWindowThatFitsInNoCacheIsRefused) {
  const ConvCase c{1, {1, 90, 90}, {.oc = 1, .kh = 80, .kw = 80}};
  EXPECT_FALSE(PackedConvTiles::fits_in_planes(shape_of(c), table_.lanes));
}

}  // namespace
}  // namespace karnin::test
