#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"

namespace karnin::test {
namespace {

using kernels::SgdStep;

using TrainingTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, TrainingTest, testing::ValuesIn(isas_under_test()), isa_name);

/// The rule of kernels.h, element by element.
float tree(const std::vector<std::vector<float>>& parts, std::size_t first, std::size_t count,
           std::size_t i) {
  if (count == 1) return parts[first][i];
  std::size_t left = 1;
  while (left * 2 < count) left *= 2;
  return tree(parts, first, left, i) + tree(parts, first + left, count - left, i);
}

TEST_P(TrainingTest, TreeSumAddsInTheOrderItPromises) {
  for (std::int64_t parts = 1; parts <= 35; ++parts)
    for (const std::int64_t count : {1, 5, 8, 31, 32, 33, 64, 100}) {
      std::vector<std::vector<float>> data;
      std::vector<const float*> src;
      for (std::int64_t p = 0; p < parts; ++p) data.push_back(uniforms(count, 10 + p));
      for (const auto& part : data) src.push_back(part.data());
      Guarded sum(count);
      table_.tree_sum(count, parts, src.data(), sum.data());
      for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
        ASSERT_EQ(sum.span()[i], tree(data, 0, data.size(), i)) << parts << " parts, " << i;
      ASSERT_TRUE(sum.intact());
    }
}

TEST_P(TrainingTest, TreeSumMayOverwriteAPart) {
  const auto a = uniforms(50, 1), c = uniforms(50, 3);
  auto b = uniforms(50, 2);
  const auto before = b;
  const float* src[] = {a.data(), b.data(), c.data()};
  table_.tree_sum(50, 3, src, b.data());
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(b[i], (a[i] + before[i]) + c[i]);
}

struct SgdState {
  float weight, velocity, delta;
};

/// One weight by the equations of train/loop/optimizer.h, every operation rounded to float.
SgdState reference_step(const SgdStep& s, float gradient, bool pruned, float weight,
                        float velocity) {
  if (pruned) return {0, 0, 0};
  const float decay = s.weight_decay * weight;
  const float g = gradient + decay;
  const float old = s.momentum * velocity;
  const float v = old + g;
  const float ahead = s.momentum * v;
  const float change = s.learning_rate * (s.nesterov ? g + ahead : v);
  const float after = weight - change;
  return {after, v, after - weight};
}

void check_sgd(const kernels::Table& table, const SgdStep& step, std::int64_t count, bool masked) {
  const auto gradient = uniforms(count, 1), weights = uniforms(count, 2), old = uniforms(count, 3);
  std::vector<float> mask(static_cast<std::size_t>(count), 1.0F);
  if (masked)
    for (std::size_t i = 0; i < mask.size(); i += 3) mask[i] = 0.0F;
  Guarded w(count), v(count), delta(count);
  std::copy(weights.begin(), weights.end(), w.data());
  std::copy(old.begin(), old.end(), v.data());
  table.sgd_update(count, step, gradient.data(), masked ? mask.data() : nullptr, w.data(), v.data(),
                   delta.data());
  for (std::size_t i = 0; i < mask.size(); ++i) {
    const SgdState expected = reference_step(step, gradient[i], mask[i] == 0, weights[i], old[i]);
    ASSERT_EQ(w.span()[i], expected.weight) << i;
    ASSERT_EQ(v.span()[i], expected.velocity) << i;
    ASSERT_EQ(delta.span()[i], expected.delta) << i;
  }
  ASSERT_TRUE(w.intact() && v.intact() && delta.intact());
}

TEST_P(TrainingTest, SgdUpdate) {
  for (const bool nesterov : {false, true})
    for (const float decay : {0.0F, 5e-4F})
      for (const std::int64_t count : {1, 3, 4, 8, 9, 31, 100})
        for (const bool masked : {false, true})
          check_sgd(table_, {0.05F, 0.9F, decay, nesterov}, count, masked);
}

TEST_P(TrainingTest, ApplyMask) {
  for (const std::int64_t count : {1, 3, 4, 8, 9, 31, 100}) {
    const auto mask = integers(count, 1), before = uniforms(count, 2);
    Guarded x(count);
    std::ranges::copy(before, x.data());
    x.data()[0] = std::numeric_limits<float>::quiet_NaN();
    table_.apply_mask(count, mask.data(), x.data());
    for (std::size_t i = 1; i < before.size(); ++i)
      ASSERT_EQ(x.span()[i], mask[i] == 0 ? 0.0F : before[i]);
    ASSERT_EQ(std::isnan(x.span()[0]), mask[0] != 0);
    ASSERT_TRUE(x.intact());
  }
}

TEST_P(TrainingTest, AccumulateSensitivity) {
  for (const std::int64_t count : {1, 3, 4, 8, 9, 31, 100}) {
    const auto g = uniforms(count, 1), dw = uniforms(count, 2);
    const auto a = uniforms(count, 3), b = uniforms(count, 4), c = uniforms(count, 5);
    Guarded sum_g_dw(count), sum_dw2(count), sum_g(count);
    std::copy(a.begin(), a.end(), sum_g_dw.data());
    std::copy(b.begin(), b.end(), sum_dw2.data());
    std::copy(c.begin(), c.end(), sum_g.data());
    table_.accumulate_sensitivity(count, g.data(), dw.data(), 20.0F, sum_g_dw.data(),
                                  sum_dw2.data(), sum_g.data());
    for (std::size_t i = 0; i < g.size(); ++i) {
      const float product = g[i] * dw[i], square = dw[i] * dw[i], scaled = square * 20.0F;
      ASSERT_EQ(sum_g_dw.span()[i], a[i] + product);
      ASSERT_EQ(sum_dw2.span()[i], b[i] + scaled);
      ASSERT_EQ(sum_g.span()[i], c[i] + g[i]);
    }
    ASSERT_TRUE(sum_g_dw.intact() && sum_dw2.intact() && sum_g.intact());
  }
}

}  // namespace
}  // namespace karnin::test
