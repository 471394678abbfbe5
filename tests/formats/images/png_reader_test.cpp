#include "formats/images/png_reader.h"

#include <gmock/gmock.h>

#include <numeric>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/error_message.h"
#include "tests/support/png_file.h"

namespace karnin {
namespace {

using test::error_message;
using test::png_file;
using test::PngBytes;
using test::PngColour;
using test::PngFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Image decoded(std::span<const std::uint8_t> bytes) { return decode_png(bytes, "a.png"); }

std::string refusal(std::span<const std::uint8_t> bytes) {
  return error_message<FileError>([&] { decoded(bytes); });
}

/// 5 x 3, every byte another one.
PngBytes colour_png() {
  PngBytes rows(45);
  std::iota(rows.begin(), rows.end(), std::uint8_t{100});
  return png_file({5, 3, PngColour::rgb}, rows);
}

TEST(PngReader, KeepsBytesOfGreyAndColour) {
  const Image grey = decoded(png_file({2, 3, PngColour::grey}, PngBytes{0, 1, 2, 253, 254, 255}));
  EXPECT_EQ(grey.channels, 1);
  EXPECT_EQ(grey.h, 2);
  EXPECT_EQ(grey.w, 3);
  EXPECT_THAT(grey.pixels, ElementsAre(0, 1, 2, 253, 254, 255));
  const Image colour = decoded(png_file({1, 2, PngColour::rgb}, PngBytes{1, 2, 3, 250, 251, 252}));
  EXPECT_EQ(colour.channels, 3);
  EXPECT_THAT(colour.pixels, ElementsAre(1, 2, 3, 250, 251, 252));
}

TEST(PngReader, UnpacksFewBitsAndPalettes) {
  // 1 bit a pixel: 1 0 1 1 0 0 0 0 | 1
  const Image bits = decoded(png_file({1, 9, PngColour::grey, 1}, PngBytes{0xB0, 0x80}));
  EXPECT_EQ(bits.channels, 1);
  EXPECT_THAT(bits.pixels, ElementsAre(255, 0, 255, 255, 0, 0, 0, 0, 255));
  const Image looked_up = decoded(
      png_file({1, 3, PngColour::palette, 4, {9, 8, 7, 1, 2, 3}, {0}}, PngBytes{0x10, 0x10}));
  EXPECT_EQ(looked_up.channels, 3);
  EXPECT_THAT(looked_up.pixels, ElementsAre(1, 2, 3, 9, 8, 7, 1, 2, 3));
}

TEST(PngReader, LooksUnderTransparency) {
  const Image grey = decoded(png_file({1, 2, PngColour::grey_alpha}, PngBytes{10, 0, 20, 128}));
  EXPECT_EQ(grey.channels, 1);
  EXPECT_THAT(grey.pixels, ElementsAre(10, 20));
  const Image colour =
      decoded(png_file({1, 2, PngColour::rgba}, PngBytes{1, 2, 3, 0, 4, 5, 6, 255}));
  EXPECT_EQ(colour.channels, 3);
  EXPECT_THAT(colour.pixels, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(PngReader, RoundsSixteenBits) {
  const Image grey = decoded(
      png_file({1, 4, PngColour::grey, 16}, PngBytes{0, 0, 0x80, 0x80, 0x40, 0x3F, 0xFF, 0xFF}));
  EXPECT_THAT(grey.pixels, ElementsAre(0, 128, 64, 255));
  const Image colour = decoded(
      png_file({1, 1, PngColour::rgba, 16}, PngBytes{0x10, 0x10, 0x20, 0x20, 0x30, 0x30, 0, 0}));
  EXPECT_THAT(colour.pixels, ElementsAre(16, 32, 48));
}

/// What the samples are is what a network learns from, whichever light they are said to stand for.
TEST(PngReader, LeavesSamplesAsTheyAre) {
  const PngBytes gamma{0, 0, 0xD6, 0xD8};  // 0.55
  PngBytes white(32, 0);
  white[3] = white[7] = 100;
  for (const PngFile& file : {PngFile{1, 4, PngColour::grey}, PngFile{1, 4, PngColour::grey, 16},
                              PngFile{1, 4, PngColour::rgb}, PngFile{1, 4, PngColour::rgba, 16},
                              PngFile{1, 4, PngColour::palette, 8, {9, 80, 7, 1, 200, 3}, {9}}}) {
    constexpr int kSamples[] = {1, 1, 3, 1, 2, 1, 4};
    PngBytes rows(static_cast<std::size_t>(4 * kSamples[static_cast<int>(file.colour)]) *
                  file.depth / 8);
    std::iota(rows.begin(), rows.end(), std::uint8_t{60});
    if (file.colour == PngColour::palette) rows = {0, 1, 1, 0};
    const Image plain = decoded(png_file(file, rows));
    for (const auto& [type, data] :
         {std::pair{"gAMA", gamma}, {"sRGB", PngBytes{0}}, {"cHRM", white}, {"gAMA", PngBytes{}}}) {
      PngFile marked = file;
      test::append_png_chunk(marked.chunks, type, data);
      EXPECT_EQ(decoded(png_file(marked, rows)).pixels, plain.pixels) << type;
    }
  }
}

TEST(PngReader, RefusesEveryTruncation) {
  const PngBytes png = colour_png();
  for (std::size_t length = 0; length < png.size(); ++length)
    EXPECT_THAT(refusal(std::span(png).first(length)), HasSubstr("a.png")) << length;
  decoded(png);
}

/// Every byte of a chunk is under a checksum; of the signature libpng knows.
TEST(PngReader, RefusesEveryFlippedBit) {
  PngBytes png = colour_png();
  for (std::size_t bit = 0; bit < 8 * png.size(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    png[bit / 8] ^= mask;
    EXPECT_THROW(decoded(png), FileError) << "bit " << bit;
    png[bit / 8] ^= mask;
  }
}

/// Checksums that are right don't make a picture.
TEST(PngReader, SurvivesNoiseInSoundChunks) {
  CounterRng rng(1);
  for (int i = 0; i < 2000; ++i) {
    PngBytes rows(rng.below(40));
    for (std::uint8_t& byte : rows) byte = static_cast<std::uint8_t>(rng.below(256));
    test::PngFile file{
        static_cast<std::uint32_t>(rng.below(6)), static_cast<std::uint32_t>(rng.below(6)),
        static_cast<PngColour>(rng.below(8)), static_cast<std::uint8_t>(1U << rng.below(5))};
    if (rng.below(2) == 0) file.palette.resize(rng.below(10), 7);
    if (rng.below(2) == 0) file.transparency.resize(rng.below(10), 7);
    try {
      const Image image = decoded(png_file(file, rows));
      EXPECT_EQ(image.pixels.size(), std::size_t{file.h} * file.w * (image.channels == 1 ? 1 : 3));
    } catch (const FileError&) {
    }
  }
}

TEST(PngReader, AllocatesNoMoreThanTheFileCanHold) {
  for (const auto& [h, w] :
       {std::pair{8192U, 8192U}, {1U, 1U << 26}, {0xFFFFFFFFU, 1U}, {0U, 5U}}) {
    const PngBytes png = png_file({h, w, PngColour::rgba}, {});
    test::reset_largest_allocation();
    EXPECT_THROW(decoded(png), FileError) << h << " x " << w;
    EXPECT_LT(test::largest_allocation(), 100'000U);
  }
  EXPECT_THAT(refusal(png_file({8192, 8193, PngColour::grey}, {})),
              HasSubstr("expected 1 to 67108864 pixels, got 8192x8193"));
  EXPECT_THAT(refusal(png_file({8000, 8000, PngColour::grey}, {})),
              HasSubstr("8000x8000 pixels are more than 65 bytes of file can hold"));
}

}  // namespace
}  // namespace karnin
