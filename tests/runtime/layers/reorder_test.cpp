#include "runtime/layers/reorder.h"

#include <gtest/gtest.h>

#include "tests/runtime/layers/layer_harness.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

TEST(ReorderLayer, MovesValuesForthAndGradientsBack) {
  const Blob src{2, {10, 3, 2}, Layout::nChw8c};
  const ReorderLayer layer("reorder", src, Layout::nchw);
  EXPECT_EQ(layer.dst(), (Blob{2, {10, 3, 2}, Layout::nchw}));
  test::LayerHarness harness(layer);
  harness.bind_training();
  const auto values = test::integers(harness.src_size(), 1);
  EXPECT_EQ(harness.forward(values), values);
  EXPECT_EQ(harness.backward(values), values);
}

}  // namespace
}  // namespace karnin
