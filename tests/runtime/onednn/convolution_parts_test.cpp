#include "runtime/onednn/convolution_parts.h"

#include <gtest/gtest.h>

#include "tests/runtime/onednn/convolution_harness.h"

namespace karnin::onednn {
namespace {

/// Every row of dst is in one part, and reads the rows of src that it reads in the whole.
void expect_the_whole(const ConvCase& c, std::int64_t threads) {
  const Blob src{c.images, c.src, Layout::nhwc}, dst{c.images, c.dst(), Layout::nhwc};
  const std::vector<ConvolutionPart> parts = convolution_parts(c.spec, src, dst, threads);
  EXPECT_GE(std::ssize(parts), std::min<std::int64_t>(threads, 2));
  const std::int64_t src_row = c.src.w * c.src.c, dst_row = dst.extent.w * dst.extent.c;
  std::int64_t row = 0;  // of dst, counted through all images
  for (const ConvolutionPart& part : parts) {
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

TEST(ConvolutionParts, AreTheWholeTogether) {
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

TEST(ConvolutionParts, AreOneWhereThereIsLittleToDo) {
  const ConvCase small{1, {4, 9, 9}, {.oc = 4, .kh = 3, .kw = 3}};
  EXPECT_EQ(
      convolution_parts(small.spec, {1, small.src, Layout::nhwc}, {1, small.dst(), Layout::nhwc}, 4)
          .size(),
      1U);
  const ConvCase one_row{1, {256, 1, 40}, {.oc = 256, .kh = 1, .kw = 3}};
  EXPECT_EQ(convolution_parts(one_row.spec, {1, one_row.src, Layout::nhwc},
                              {1, one_row.dst(), Layout::nhwc}, 4)
                .size(),
            1U);
}

TEST(ConvolutionParts, AreBlocksOfChannelsOfOneImage) {
  const ConvCase c{1, {32, 9, 10}, {.oc = 77, .kh = 3, .kw = 3}};
  for (const Layout layout : {Layout::nChw8c, Layout::nChw16c})
    for (const std::int64_t threads : {2, 3, 5, 8}) {
      const Blob src{1, c.src, layout}, dst{1, c.dst(), layout};
      std::int64_t oc = 0;
      for (const ConvolutionPart& part : convolution_parts(c.spec, src, dst, threads)) {
        EXPECT_EQ(part.first_oc, oc);
        EXPECT_EQ(part.dst_offset, oc * dst.extent.h * dst.extent.w);
        EXPECT_EQ(part.spec.dst({&part.src.extent, 1}), part.dst.extent);
        EXPECT_EQ(part.first_oc % 8, 0);
        oc += part.spec.oc;
      }
      EXPECT_EQ(oc, c.spec.oc);
    }
}

TEST(ConvolutionParts, AreOneWhereChannelsOfAnImageLieApart) {
  const ConvCase groups{1, {32, 20, 20}, {.oc = 64, .kh = 3, .kw = 3, .groups = 2}},
      images{2, {32, 20, 20}, {.oc = 64, .kh = 3, .kw = 3}};
  for (const ConvCase& c : {groups, images}) {
    const Blob src{c.images, c.src, Layout::nChw8c}, dst{c.images, c.dst(), Layout::nChw8c};
    EXPECT_EQ(convolution_parts(c.spec, src, dst, 4).size(), 1U);
  }
}

/// Random numbers, whose sums depend on their order.
Values shared_by(int sharers, const ConvCase& c, const ConvolutionOptions& options,
                 std::int64_t least_parts) {
  ConvolutionOptions shared = options;
  shared.sharers = sharers;
  const Layout offered = options.channels_last ? Layout::nhwc : Layout::nChw16c;
  Harness harness(c, offered, shared);
  harness.src = test::uniforms(c.src_size(), 1);
  harness.weights = test::uniforms(c.weights_size(), 2);
  harness.convolution.set_parameters(harness.weights.data(), harness.bias.data());
  EXPECT_GE(harness.convolution.parts(), least_parts) << describe(c, offered);
  Convolution::Bound bound(harness.convolution, harness.binding);
  return harness.forward(bound);
}

void expect_bits_of_the_whole(const ConvCase& c, const ConvolutionOptions& options) {
  const Values whole = shared_by(1, c, options, 1);
  for (const int sharers : {2, 3, 8})
    EXPECT_EQ(shared_by(sharers, c, options, 2), whole)
        << describe(c, Layout::nhwc) << ", " << sharers << " threads";
}

TEST(ConvolutionParts, OfChannelsGiveTheBitsOfTheWhole) {
  for (const auto& c :
       {ConvCase{1, {32, 16, 16}, {.oc = 32, .kh = 3, .kw = 3, .ph = 1, .pw = 1}},
        ConvCase{1, {64, 13, 11}, {.oc = 88, .kh = 3, .kw = 3, .ph = 1, .pw = 1}},
        ConvCase{1, {48, 28, 28}, {.oc = 64, .kh = 1, .kw = 1}},
        ConvCase{
            1, {32, 20, 20}, {.oc = 64, .kh = 5, .kw = 5, .sh = 2, .sw = 2, .ph = 2, .pw = 2}}})
    for (const bool relu : {false, true}) expect_bits_of_the_whole(c, {.relu = relu});
}

TEST(ConvolutionParts, OfRowsGiveTheBitsOfTheWhole) {
  for (const auto& c :
       {ConvCase{1, {16, 20, 24}, {.oc = 32, .kh = 3, .kw = 3, .ph = 1, .pw = 1}},
        ConvCase{2,
                 {24, 15, 17},
                 {.oc = 40, .kh = 3, .kw = 3, .sh = 2, .sw = 2, .ph = {0, 1}, .pw = {0, 1}}},
        ConvCase{1, {64, 14, 14}, {.oc = 96, .kh = 1, .kw = 1}},
        ConvCase{1, {48, 28, 28}, {.oc = 56, .kh = 1, .kw = 1, .sh = 2, .sw = 2}},
        ConvCase{1, {3, 64, 64}, {.oc = 16, .kh = 7, .kw = 7, .sh = 2, .sw = 2, .ph = 3, .pw = 3}},
        ConvCase{1, {64, 48, 48}, {.oc = 64, .kh = 3, .kw = 3, .ph = 1, .pw = 1, .groups = 64}},
        ConvCase{1,
                 {32, 20, 20},
                 {.oc = 32, .kh = 3, .kw = 3, .ph = 2, .pw = 2, .dh = 2, .dw = 2, .groups = 2}}})
    expect_bits_of_the_whole(c, {.relu = true, .channels_last = true});
}

}  // namespace
}  // namespace karnin::onednn
