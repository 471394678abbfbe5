#include "runtime/onednn/pooling.h"

#include <gmock/gmock.h>

#include "tests/support/blob_values.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_pool.h"

namespace karnin::onednn {
namespace {

using test::PoolCase;

constexpr Layout kLayouts[] = {Layout::nchw, Layout::nChw8c, Layout::nChw16c, Layout::nhwc};

/// Sums of at most 25 small integers are exact; what follows is a division or two roundings of a
/// product with a reciprocal, and in the gradient up to 25 such terms are added: 64 half-epsilons
/// of the largest sum of magnitudes, 25 * 4, are room enough.
constexpr double kAverageTolerance = 64 * 100 * 0x1p-24;

void expect_values(const std::vector<float>& actual, const std::vector<double>& expected,
                   PoolKind kind) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (kind == PoolKind::max)
      ASSERT_EQ(actual[i], expected[i]) << "element " << i;
    else
      ASSERT_NEAR(actual[i], expected[i], kAverageTolerance) << "element " << i;
  }
}

void check(const PoolCase& c, Layout layout, bool training) {
  const Blob src_blob{c.images, c.src, layout}, dst_blob{c.images, c.dst(), layout};
  // Nine different integers: windows have ties.
  const auto src = test::integers(c.src_size(), 1), diff_dst = test::integers(c.dst_size(), 2);
  AlignedVector<float> src_memory, diff_dst_memory;
  AlignedVector<float> dst_memory(static_cast<std::size_t>(dst_blob.floats()));
  AlignedVector<float> diff_src_memory(static_cast<std::size_t>(src_blob.floats()));
  test::write(src_blob, src, src_memory);
  test::write(dst_blob, diff_dst, diff_dst_memory);
  const Pooling pooling(c.spec, src_blob, c.dst(), training);
  Pooling::Bound bound(
      pooling, {src_memory.data(), dst_memory.data(), training ? diff_src_memory.data() : nullptr,
                training ? diff_dst_memory.data() : nullptr});
  test::poison(dst_memory);
  bound.forward();
  expect_values(test::read(dst_blob, dst_memory), reference_pool(c, src), c.spec.kind);
  if (!training) return;
  test::poison(diff_src_memory);
  bound.backward();
  expect_values(test::read(src_blob, diff_src_memory), reference_pool_backward(c, src, diff_dst),
                c.spec.kind);
}

void sweep(PoolKind kind, bool training) {
  std::int64_t count = 0;
  for (const std::int64_t channels : {1, 3, 8, 9, 17})
    for (std::int64_t kernel = 1; kernel <= 5; ++kernel)
      for (const Layout layout : kLayouts) {
        const std::int64_t kw = 1 + (kernel + count) % 3;
        const Pool2d spec{
            kind, kernel, kw, 1 + count % 3, 1 + count / 3 % 2, count % 2 % kernel, count % 3 % kw};
        const PoolCase c{1 + count % 3, {channels, 6 + count % 3, 7}, spec};
        SCOPED_TRACE(testing::Message() << channels << " channels, kernel " << kernel << "x" << kw
                                        << ", layout " << int(layout) << ", case " << count);
        check(c, layout, training);
        ++count;
      }
}

TEST(Pooling, MaxInTraining) { sweep(PoolKind::max, true); }
TEST(Pooling, MaxInInference) { sweep(PoolKind::max, false); }
TEST(Pooling, AverageInTraining) { sweep(PoolKind::average, true); }
TEST(Pooling, AverageInInference) { sweep(PoolKind::average, false); }

}  // namespace
}  // namespace karnin::onednn
