#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"

namespace karnin::test {
namespace {

using SoftmaxTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, SoftmaxTest, testing::ValuesIn(isas_under_test()), isa_name);

struct RowReference {
  std::vector<double> p;
  double loss;
};

RowReference reference_row(const float* x, std::int64_t classes, std::int64_t label) {
  const double max = *std::max_element(x, x + classes);
  RowReference row;
  double sum = 0;
  for (std::int64_t i = 0; i < classes; ++i) row.p.push_back(std::exp(x[i] - max));
  for (const double e : row.p) sum += e;
  for (double& e : row.p) e /= sum;
  row.loss = std::log(sum) - (x[label] - max);
  return row;
}

/// Logits in [-range, range). Errors of a p: x - max is rounded (half an epsilon of at most 2
/// range, which exp turns into a relative one), exp (2 ulp), two products.
void check(const kernels::Table& table, std::int64_t rows, std::int64_t classes, float range) {
  SCOPED_TRACE(testing::Message() << rows << " x " << classes << ", range " << range);
  constexpr double kEpsilon = 1.1920929e-7;
  const double relative = (range + 4.0) * kEpsilon;
  const float scale = 1.0F / static_cast<float>(rows);
  auto logits = uniforms(rows * classes, 1);
  for (float& x : logits) x *= range;
  std::vector<std::uint8_t> labels;
  for (std::int64_t i = 0; i < rows; ++i)
    labels.push_back(static_cast<std::uint8_t>(i * 5 % classes));

  Guarded diff(rows * classes);
  double loss = -1;
  std::int64_t correct = -1;
  table.softmax_cross_entropy(rows, classes, logits.data(), labels.data(), scale, diff.data(),
                              &loss, &correct);
  double expected_loss = 0;
  std::int64_t expected_correct = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    const float* x = logits.data() + row * classes;
    const std::int64_t label = labels[static_cast<std::size_t>(row)];
    const RowReference reference = reference_row(x, classes, label);
    expected_loss += reference.loss;
    expected_correct += std::max_element(x, x + classes) - x == label ? 1 : 0;
    for (std::int64_t i = 0; i < classes; ++i) {
      const double p = reference.p[static_cast<std::size_t>(i)], onehot = i == label ? 1.0 : 0.0;
      ASSERT_NEAR(diff.span()[static_cast<std::size_t>(row * classes + i)], (p - onehot) * scale,
                  (relative * p + kEpsilon * onehot) * scale);
    }
  }
  EXPECT_NEAR(loss, expected_loss, static_cast<double>(rows) * relative);
  EXPECT_EQ(correct, expected_correct);
  EXPECT_TRUE(diff.intact());
}

TEST_P(SoftmaxTest, GradientLossAndHits) {
  for (const std::int64_t rows : {1, 2, 7, 33})
    for (const std::int64_t classes : {1, 2, 3, 4, 7, 8, 9, 10, 16, 17, 31, 100})
      for (const float range : {1.0F, 20.0F}) check(table_, rows, classes, range);
}

TEST_P(SoftmaxTest, HugeLogitsNeitherOverflowNorLoseTheLoss) {
  const std::vector<float> logits{1e4F, -1e4F, 0.0F};
  const std::uint8_t label = 1;
  float diff[3];
  double loss = 0;
  std::int64_t correct = 0;
  table_.softmax_cross_entropy(1, 3, logits.data(), &label, 1.0F, diff, &loss, &correct);
  EXPECT_EQ(loss, 2e4);
  EXPECT_EQ(diff[0], 1.0F);
  EXPECT_EQ(diff[1], -1.0F);
  EXPECT_EQ(diff[2], 0.0F);
  EXPECT_EQ(correct, 0);
}

TEST_P(SoftmaxTest, TheFirstOfEqualLogitsIsTheAnswer) {
  const std::vector<float> logits{1, 2, 2};
  float diff[3];
  double loss = 0;
  std::int64_t correct = 0;
  for (const std::uint8_t label : {0, 1, 2}) {
    table_.softmax_cross_entropy(1, 3, logits.data(), &label, 1.0F, diff, &loss, &correct);
    EXPECT_EQ(correct, label == 1 ? 1 : 0);
  }
}

TEST_P(SoftmaxTest, GradientMayReplaceTheLogits) {
  auto logits = uniforms(30, 1);
  const std::vector<std::uint8_t> labels{1, 9, 0};
  std::vector<float> diff(30);
  double loss = 0, loss_in_place = 0;
  std::int64_t correct = 0;
  table_.softmax_cross_entropy(3, 10, logits.data(), labels.data(), 0.5F, diff.data(), &loss,
                               &correct);
  table_.softmax_cross_entropy(3, 10, logits.data(), labels.data(), 0.5F, logits.data(),
                               &loss_in_place, &correct);
  EXPECT_EQ(logits, diff);
  EXPECT_EQ(loss, loss_in_place);
}

TEST_P(SoftmaxTest, ANaNReachesTheLoss) {
  auto logits = uniforms(10, 1);
  logits[4] = std::nanf("");
  const std::uint8_t label = 2;
  float diff[10];
  double loss = 0;
  std::int64_t correct = 0;
  table_.softmax_cross_entropy(1, 10, logits.data(), &label, 1.0F, diff, &loss, &correct);
  EXPECT_TRUE(std::isnan(loss));
}

}  // namespace
}  // namespace karnin::test
