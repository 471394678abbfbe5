#include "runtime/onednn/reorder.h"

#include <gmock/gmock.h>

#include "tests/support/blob_values.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"

namespace karnin::onednn {
namespace {

constexpr Layout kMovable[] = {Layout::nchw, Layout::nChw8c, Layout::nChw16c, Layout::nhwc};

void expect_moved(const Blob& src_blob, const Blob& dst_blob) {
  const auto plain = test::integers(src_blob.images * src_blob.extent.size(), 1);
  AlignedVector<float> src, dst(static_cast<std::size_t>(dst_blob.floats()));
  test::write(src_blob, plain, src);
  const Reorder reorder(src_blob, dst_blob);
  Reorder::Bound bound(reorder, src.data(), dst.data());
  test::poison(dst);
  bound.run();
  EXPECT_EQ(test::read(dst_blob, dst), plain);
}

TEST(Reorder, MovesEveryElementAndZeroesThePadding) {
  for (const Layout src : kMovable)
    for (const Layout dst : kMovable)
      for (const std::int64_t channels : {1, 3, 7, 8, 10, 16, 17})
        for (const std::int64_t images : {1, 3}) {
          SCOPED_TRACE(testing::Message() << int(src) << " -> " << int(dst) << ", " << channels
                                          << " channels, " << images << " images");
          const Extent extent{channels, 4, 5};
          expect_moved({images, extent, src}, {images, extent, dst});
        }
}

}  // namespace
}  // namespace karnin::onednn
