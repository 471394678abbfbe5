#include "tests/runtime/kernels/vector_ops.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/fill.h"
#include "tests/support/kernel_table_test.h"

namespace karnin::test {
namespace {

class VectorOpsTest : public testing::TestWithParam<Isa> {
 protected:
  const VectorOps& ops_ = vector_ops(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Isas, VectorOpsTest, testing::ValuesIn(isas_under_test()), isa_name);

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Zeros of both signs, what rounds, overflows or is hardly there, and what is no number.
const std::vector<float> kValues{0.0F,   -0.0F,       1.0F,      -1.0F,      0.1F,
                                 -3.25F, 16777215.0F, 1e-40F,    3e38F,      -3e38F,
                                 7e-20F, 1 / 3.0F,    kInfinity, -kInfinity, kNaN};

/// The same bits, or both no number.
bool same(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

/// `reference` of all triples of kValues, every lane with another one.
template <typename Lane>
void check(const VectorOps& ops, VectorOp op, const Lane& reference) {
  const std::size_t n = kValues.size();
  const auto lanes = static_cast<std::size_t>(ops.lanes);
  std::vector<float> a(lanes), b(lanes), c(lanes), dst(lanes);
  for (std::size_t first = 0; first < n * n * n; ++first) {
    for (std::size_t i = 0; i < lanes; ++i) {
      const std::size_t triple = (first + i * 7) % (n * n * n);
      a[i] = kValues[triple % n];
      b[i] = kValues[triple / n % n];
      c[i] = kValues[triple / n / n];
    }
    op(a.data(), b.data(), c.data(), dst.data());
    for (std::size_t i = 0; i < lanes; ++i) {
      const float expected = reference(a[i], b[i], c[i]);
      ASSERT_TRUE(same(dst[i], expected)) << "lane " << i << ": " << a[i] << ", " << b[i] << ", "
                                          << c[i] << " -> " << dst[i] << ", not " << expected;
    }
  }
}

TEST_P(VectorOpsTest, Copy) {
  check(ops_, ops_.copy, [](float a, float, float) { return a; });
}

TEST_P(VectorOpsTest, Broadcast) {
  for (const float value : kValues) {
    std::vector<float> a(static_cast<std::size_t>(ops_.lanes), -1.0F), dst = a;
    a[0] = value;
    ops_.broadcast(a.data(), a.data(), a.data(), dst.data());
    for (const float x : dst) EXPECT_TRUE(same(x, value)) << value << ", not " << x;
  }
}

TEST_P(VectorOpsTest, Arithmetic) {
  check(ops_, ops_.plus, [](float a, float b, float) { return a + b; });
  check(ops_, ops_.plus_equals, [](float a, float b, float) { return a + b; });
  check(ops_, ops_.minus, [](float a, float b, float) { return a - b; });
  check(ops_, ops_.times, [](float a, float b, float) { return a * b; });
}

/// The second operand wherever the first isn't greater: of zeros, and where either is no number.
TEST_P(VectorOpsTest, Max) {
  check(ops_, ops_.max, [](float a, float b, float) { return a > b ? a : b; });
  check(ops_, ops_.positive, [](float a, float, float) { return 0.0F > a ? 0.0F : a; });
}

TEST_P(VectorOpsTest, Select) {
  check(ops_, ops_.select_equal, [](float a, float b, float c) { return a == b ? c : a; });
  check(ops_, ops_.select_greater, [](float a, float b, float c) { return a > b ? c : a; });
}

TEST_P(VectorOpsTest, FmaRoundsOnceWhereTheInstructionSetCan) {
  const bool twice = GetParam() == Isa::scalar;
  check(ops_, ops_.fma, [twice](float a, float b, float c) {
    const float product = a * b;
    return twice ? product + c : std::fma(a, b, c);
  });
}

/// Within 2 units in the last place where the result is a normal number, as softmax counts on.
TEST_P(VectorOpsTest, Exp) {
  constexpr double kBound = 2 * std::numeric_limits<float>::epsilon();
  constexpr double kLeast = std::numeric_limits<float>::min();
  const auto lanes = static_cast<std::size_t>(ops_.lanes);
  std::vector<float> x(lanes), dst(lanes);
  for (float first = -110.0F; first < 80.0F; first += 0.173F) {
    for (std::size_t i = 0; i < lanes; ++i) x[i] = first + static_cast<float>(i) * 0.37F;
    ops_.exp(x.data(), x.data(), x.data(), dst.data());
    for (std::size_t i = 0; i < lanes; ++i) {
      const double expected = std::exp(static_cast<double>(x[i]));
      ASSERT_NEAR(dst[i], expected, expected * kBound + (expected < 2 * kLeast ? kLeast : 0))
          << x[i];
    }
  }
  for (const auto& [power, expected] : {std::pair{0.0F, 1.0F}, {-kInfinity, 0.0F}, {kNaN, kNaN}}) {
    x.assign(lanes, power);
    ops_.exp(x.data(), x.data(), x.data(), dst.data());
    for (const float y : dst) EXPECT_TRUE(same(y, expected)) << power << " -> " << y;
  }
}

/// The sum of `lanes` numbers in the order that lane_sums-inl.h names.
float sum_in_order(Isa isa, const float* x) {
  if (isa == Isa::scalar) return (x[0] + x[2]) + (x[1] + x[3]);
  const auto four = [](const float* y) { return (y[0] + y[1]) + (y[2] + y[3]); };
  if (isa == Isa::avx2) return four(x) + four(x + 4);
  std::vector<float> folded(x, x + 16);
  for (std::size_t count = 8; count > 0; count /= 2)
    for (std::size_t i = 0; i < count; ++i) folded[i] += folded[i + count];
  return folded[0];
}

TEST_P(VectorOpsTest, SumsOfLanesStandInTheOrderOfTheRows) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto rows = uniforms(ops_.lanes * ops_.lanes, seed);
    std::vector<float> dst(static_cast<std::size_t>(ops_.lanes));
    ops_.sums(rows.data(), nullptr, nullptr, dst.data());
    for (std::size_t i = 0; i < dst.size(); ++i)
      ASSERT_EQ(dst[i], sum_in_order(GetParam(), rows.data() + i * dst.size())) << i;
  }
}

}  // namespace
}  // namespace karnin::test
