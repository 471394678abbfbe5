#include "runtime/core/tensor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace karnin {
namespace {

TEST(Tensor, StartsZeroOnACacheLine) {
  for (const std::int64_t cols : {1, 3, 16, 63}) {
    const Tensor tensor(Dims{5, cols});
    EXPECT_EQ(tensor.size(), 5 * cols);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data()) % kCacheLine, 0U);
    EXPECT_TRUE(std::ranges::all_of(tensor.span(), [](float x) { return x == 0.0F; }));
  }
}

TEST(Tensor, NothingWithoutDimsOneElementForAScalar) {
  EXPECT_EQ(Tensor().size(), 0);
  EXPECT_EQ(Tensor(Dims{}).size(), 1);
  EXPECT_EQ(Tensor(Dims{3, 0}).size(), 0);
}

TEST(Tensor, CopiesAreDeepAndCompareByValueAndShape) {
  Tensor a(Dims{2, 3});
  a.data()[4] = 7;
  Tensor b = a;
  EXPECT_EQ(a, b);
  b.data()[4] = 8;
  EXPECT_NE(a, b);
  EXPECT_EQ(a.data()[4], 7.0F);
  EXPECT_NE(Tensor(Dims{2, 3}), Tensor(Dims{3, 2}));
}

TEST(Tensor, RefusesSizesThatOverflow) {
  EXPECT_THROW(Tensor(Dims{std::numeric_limits<std::int64_t>::max(), 2}), ArgumentError);
  EXPECT_THROW(Tensor(Dims{-1}), ArgumentError);
}

}  // namespace
}  // namespace karnin
