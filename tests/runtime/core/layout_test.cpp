#include "runtime/core/layout.h"

#include <gtest/gtest.h>

namespace karnin {
namespace {

constexpr Extent kExtent{10, 2, 3};

TEST(Blob, CountsPaddedChannels) {
  EXPECT_EQ((Blob{4, kExtent, Layout::nchw}.floats()), 4 * 10 * 6);
  EXPECT_EQ((Blob{4, kExtent, Layout::nhwc}.floats()), 4 * 10 * 6);
  EXPECT_EQ((Blob{4, kExtent, Layout::nChw8c}.floats()), 4 * 16 * 6);
  EXPECT_EQ((Blob{4, kExtent, Layout::nChw16c}.floats()), 4 * 16 * 6);
  EXPECT_EQ((Blob{4, {17, 2, 3}, Layout::nChw16c}.floats()), 4 * 32 * 6);
}

TEST(Blob, FindsAnElement) {
  EXPECT_EQ((Blob{1, kExtent, Layout::nchw}.offset(9, 4)), 9 * 6 + 4);
  EXPECT_EQ((Blob{1, kExtent, Layout::nhwc}.offset(9, 4)), 4 * 10 + 9);
  EXPECT_EQ((Blob{1, kExtent, Layout::nChw8c}.offset(9, 4)), (6 + 4) * 8 + 1);
  EXPECT_EQ((Blob{1, kExtent, Layout::nChw16c}.offset(9, 4)), 4 * 16 + 9);
}

}  // namespace
}  // namespace karnin
