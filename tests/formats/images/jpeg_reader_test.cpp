#include "formats/images/jpeg_reader.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/error_message.h"
#include "tests/support/jpeg_file.h"

namespace karnin {
namespace {

using test::error_message;
using test::jpeg_file;
using test::JpegFile;
using ::testing::Each;
using ::testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

Image decode(std::span<const std::uint8_t> bytes) { return decode_jpeg(bytes, "a.jpg"); }

/// All pixels alike: rounding is all that quality 100 can change.
Bytes flat(const JpegFile& file, std::initializer_list<std::uint8_t> pixel) {
  Bytes pixels;
  for (int i = 0; i < file.h * file.w; ++i) pixels.insert(pixels.end(), pixel);
  return jpeg_file(file, pixels);
}

void expect_flat(const Image& image, std::initializer_list<int> pixel) {
  ASSERT_EQ(image.pixels.size(), static_cast<std::size_t>(image.h * image.w) * pixel.size());
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    EXPECT_NEAR(image.pixels[i], pixel.begin()[i % pixel.size()], 2) << i;
}

/// Smooth, so that every coefficient of low frequency is there.
Bytes ramp(const JpegFile& file) {
  Bytes pixels;
  for (int y = 0; y < file.h; ++y)
    for (int x = 0; x < file.w; ++x)
      for (int c = 0; c < file.channels; ++c)
        pixels.push_back(static_cast<std::uint8_t>(5 * y + 3 * x + 40 * c));
  return pixels;
}

TEST(JpegReader, ReadsGreyAndColour) {
  for (const bool progressive : {false, true}) {
    const Image grey = decode(flat({9, 17, 1, progressive}, {77}));
    EXPECT_EQ(grey.channels, 1);
    EXPECT_EQ(grey.h, 9);
    EXPECT_EQ(grey.w, 17);
    expect_flat(grey, {77});
    const JpegFile file{13, 21, 3, progressive};
    expect_flat(decode(flat(file, {200, 30, 90})), {200, 30, 90});
    const Bytes expected = ramp(file);
    const Image image = decode(jpeg_file(file, expected));
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(image.pixels[i], expected[i], 3) << i;
  }
}

/// Adobe's ink is inverted: 255 is none.
TEST(JpegReader, TurnsInkIntoLight) {
  expect_flat(decode(flat({8, 8, 4}, {255, 128, 0, 255})), {255, 128, 0});
  expect_flat(decode(flat({8, 8, 4}, {255, 128, 0, 51})), {51, 26, 0});
}

TEST(JpegReader, RefusesEveryTruncation) {
  for (const bool progressive : {false, true}) {
    const JpegFile file{20, 20, 3, progressive};
    const Bytes jpeg = jpeg_file(file, ramp(file));
    for (std::size_t length = 0; length < jpeg.size(); ++length)
      EXPECT_THROW(decode(std::span(jpeg).first(length)), FileError) << length;
  }
}

TEST(JpegReader, SaysWhatIsWrongInOneLine) {
  const JpegFile file{20, 20, 3};
  Bytes jpeg = jpeg_file(file, ramp(file));
  const auto message = [&] { return error_message<FileError>([&] { decode(jpeg); }); };
  jpeg.erase(jpeg.end() - 2, jpeg.end());
  EXPECT_EQ(message(), "JPEG: Premature end of JPEG file (a.jpg, byte 0)");
  jpeg.assign({0xFF, 0xD8, 0xFF, 0xD9});
  EXPECT_THAT(message(), HasSubstr("no image"));
}

/// A flip in the data of pixels gives other pixels: only that nothing else happens can be asked
/// for.
TEST(JpegReader, SurvivesFlippedBits) {
  for (const bool progressive : {false, true}) {
    const JpegFile file{20, 20, 3, progressive};
    const Bytes sound = jpeg_file(file, ramp(file));
    CounterRng rng(1);
    int refused = 0;
    for (int i = 0; i < 3000; ++i) {
      Bytes jpeg = sound;
      for (std::uint64_t flips = 1 + rng.below(4); flips > 0; --flips)
        jpeg[rng.below(jpeg.size())] ^= static_cast<std::uint8_t>(1U << rng.below(8));
      try {
        const Image image = decode(jpeg);
        EXPECT_EQ(image.pixels.size(),
                  static_cast<std::size_t>(image.channels * image.h * image.w));
      } catch (const FileError&) {
        ++refused;
      }
    }
    EXPECT_GT(refused, 300);
  }
}

/// Each costs a few bytes of file and a pass over all of the picture.
TEST(JpegReader, RefusesScansWithoutEnd) {
  const JpegFile file{16, 16, 3, false, true};
  Bytes jpeg = jpeg_file(file, ramp(file));
  EXPECT_EQ(decode(jpeg).w, 16);
  const Bytes start_of_scan{0xFF, 0xDA};
  const auto last = std::ranges::find_end(jpeg, start_of_scan).begin();
  const Bytes scan(last, jpeg.end() - 2), end(jpeg.end() - 2, jpeg.end());
  jpeg.erase(jpeg.end() - 2, jpeg.end());
  for (int i = 0; i < 600; ++i) jpeg.insert(jpeg.end(), scan.begin(), scan.end());
  jpeg.insert(jpeg.end(), end.begin(), end.end());
  EXPECT_THAT(error_message<FileError>([&] { decode(jpeg); }), HasSubstr("more than 500 scans"));
}

TEST(JpegReader, RefusesMorePixelsThanItTakes) {
  Bytes jpeg = flat({8, 8, 1}, {5});
  const Bytes start_of_frame{0xFF, 0xC0, 0x00, 0x0B, 0x08};
  const auto at = std::ranges::search(jpeg, start_of_frame).begin() + 5;
  ASSERT_NE(at, jpeg.end());
  std::fill_n(at, 4, 0xF0);
  test::reset_largest_allocation();
  EXPECT_THAT(error_message<FileError>([&] { decode(jpeg); }),
              HasSubstr("expected at most 67108864 pixels, got 61680x61680"));
  EXPECT_LT(test::largest_allocation(), 100'000U);
}

}  // namespace
}  // namespace karnin
