#include "runtime/graph/macs.h"

#include <gtest/gtest.h>

namespace karnin {
namespace {

/// As many as a plain loop over images, windows and channels makes.
TEST(Macs, CountsWhatTheLoopsDo) {
  const Extent src{6, 9, 7};
  for (const Conv2d& conv : {Conv2d{4, 3, 3}, Conv2d{4, 3, 2, 2, 1, 1, 0},
                             Conv2d{.oc = 6, .kh = 3, .kw = 3, .dh = 2, .groups = 3}}) {
    const Extent dst = extent(conv, {{src}});
    std::int64_t loops = 0;
    for (std::int64_t i = 0; i < dst.size(); ++i) loops += src.c / conv.groups * conv.kh * conv.kw;
    EXPECT_EQ(macs(conv, {{src}}), loops);
  }
  EXPECT_EQ(macs(FullyConnected{5}, {{src}}), 5 * src.size());
}

TEST(Macs, AreNoneWithoutWeights) {
  const Extent src{6, 9, 7};
  EXPECT_EQ(macs(Relu{}, {{src}}), 0);
  EXPECT_EQ(macs(BatchNorm{}, {{src}}), 0);
  EXPECT_EQ(macs(Pool2d{.kh = 2, .kw = 2}, {{src}}), 0);
}

}  // namespace
}  // namespace karnin
