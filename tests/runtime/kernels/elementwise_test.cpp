#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"

namespace karnin::test {
namespace {

using ElementwiseTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, ElementwiseTest, testing::ValuesIn(isas_under_test()), isa_name);

TEST_P(ElementwiseTest, Relu) {
  for (std::int64_t count = 0; count < 70; ++count) {
    const auto x = integers(count, 1);
    Guarded y(count);
    std::copy(x.begin(), x.end(), y.data());
    table_.relu(count, y.data());
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(y.span()[i], x[i] > 0 ? x[i] : 0.0F);
    ASSERT_TRUE(y.intact());
  }
}

TEST_P(ElementwiseTest, ReluKeepsNaN) {
  std::vector<float> x(37, std::numeric_limits<float>::quiet_NaN());
  table_.relu(37, x.data());
  for (const float value : x) EXPECT_TRUE(std::isnan(value));
}

TEST_P(ElementwiseTest, FusedReluKeepsNaN) {
  const std::vector<float> src(11, std::numeric_limits<float>::quiet_NaN()), weights(99, 1.0F);
  const std::vector<float> bias(9, 0.0F);
  const kernels::FcShape shape{1, 11, 9};
  std::vector<float> panels(table_.fc_packed_size(9, 11)), dst(9), dst_packed(9);
  table_.fc_pack(9, 11, weights.data(), panels.data());
  table_.fc_forward(shape, src.data(), weights.data(), bias.data(), true, dst.data());
  table_.fc_forward_packed(shape, src.data(), panels.data(), bias.data(), true, dst_packed.data());
  for (int o = 0; o < 9; ++o) {
    EXPECT_TRUE(std::isnan(dst[o]));
    EXPECT_TRUE(std::isnan(dst_packed[o]));
  }
}

TEST_P(ElementwiseTest, ReluBackward) {
  for (std::int64_t count = 0; count < 70; ++count) {
    const auto dst = integers(count, 1), diff = uniforms(count, 2);
    Guarded result(count);
    std::copy(diff.begin(), diff.end(), result.data());
    table_.relu_backward(count, dst.data(), result.data());
    for (std::size_t i = 0; i < dst.size(); ++i)
      ASSERT_EQ(result.span()[i], dst[i] > 0 ? diff[i] : 0.0F);
    ASSERT_TRUE(result.intact());
  }
}

TEST_P(ElementwiseTest, BytesToFloats) {
  std::vector<std::uint8_t> bytes(256 + 13);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7);
  const float scale = 2.0F / 255.0F, shift = -1.0F;
  for (const std::int64_t count : {0, 1, 7, 8, 15, 17, 31, 269}) {
    const std::vector<std::uint8_t> src(bytes.begin(), bytes.begin() + count);
    Guarded dst(count);
    table_.u8_to_f32(count, src.data(), scale, shift, dst.data());
    for (std::size_t i = 0; i < src.size(); ++i) {
      const float product = static_cast<float>(src[i]) * scale;  // rounded on its own
      ASSERT_EQ(dst.span()[i], product + shift);
    }
    ASSERT_TRUE(dst.intact());
  }
}

}  // namespace
}  // namespace karnin::test
