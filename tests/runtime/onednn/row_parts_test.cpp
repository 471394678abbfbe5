#include "runtime/onednn/row_parts.h"

#include <gtest/gtest.h>

#include "tests/support/reference_conv.h"

namespace karnin::onednn {
namespace {

using test::ConvCase;

/// Every row of dst is in one part, and reads the rows of src that it reads in the whole.
void expect_the_whole(const ConvCase& c, std::int64_t threads) {
  const Blob src{c.images, c.src, Layout::nhwc}, dst{c.images, c.dst(), Layout::nhwc};
  const std::vector<RowPart> parts = row_parts(c.spec, src, dst, threads);
  EXPECT_GE(std::ssize(parts), std::min<std::int64_t>(threads, 2));
  const std::int64_t src_row = c.src.w * c.src.c, dst_row = dst.extent.w * dst.extent.c;
  std::int64_t row = 0;  // of dst, counted through all images
  for (const RowPart& part : parts) {
    EXPECT_EQ(part.dst_offset, row * dst_row);
    EXPECT_EQ(part.spec.dst({&part.src.extent, 1}), part.dst.extent);
    const std::int64_t image = row / dst.extent.h, y = row % dst.extent.h;
    const std::int64_t first = image * c.src.h + y * c.spec.sh - c.spec.ph.l;
    EXPECT_EQ(part.src_offset / src_row - part.spec.ph.l, first);
    EXPECT_LE(part.src_offset / src_row % c.src.h + part.src.extent.h, c.src.h);
    row += part.dst.extent.h * part.dst.images;
  }
  EXPECT_EQ(row, c.images * dst.extent.h);
}

TEST(RowParts, AreTheWholeTogether) {
  for (const std::int64_t threads : {2, 3, 5})
    for (const std::int64_t images : {1, 2, 3})
      for (const std::int64_t stride : {1, 2, 3})
        for (const Padding ph : {Padding(0), Padding(1), Padding(0, 2), Padding(2, 1)})
          for (const std::int64_t dilation : {1, 2})
            expect_the_whole({images,
                              {32, 25, 20},
                              {.oc = 64, .kh = 3, .kw = 3, .sh = stride, .ph = ph, .dh = dilation}},
                             threads);
}

TEST(RowParts, AreOneWhereThereIsLittleToDo) {
  const ConvCase small{1, {4, 9, 9}, {.oc = 4, .kh = 3, .kw = 3}};
  EXPECT_EQ(
      row_parts(small.spec, {1, small.src, Layout::nhwc}, {1, small.dst(), Layout::nhwc}, 4).size(),
      1U);
  const ConvCase one_row{1, {256, 1, 40}, {.oc = 256, .kh = 1, .kw = 3}};
  EXPECT_EQ(
      row_parts(one_row.spec, {1, one_row.src, Layout::nhwc}, {1, one_row.dst(), Layout::nhwc}, 4)
          .size(),
      1U);
}

}  // namespace
}  // namespace karnin::onednn
