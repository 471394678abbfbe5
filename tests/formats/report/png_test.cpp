// Read back by hand: chunks, checksums, and the pixels that zlib gives.
#include "formats/report/png.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace karnin {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::uint32_t u32(const Bytes& bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 |
         bytes[at + 3];
}

TEST(Png, HoldsTheRows) {
  const Bytes pixels{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
  const Bytes png = encode_png(3, 2, pixels);
  EXPECT_EQ(std::string(png.begin() + 1, png.begin() + 4), "PNG");
  std::string types;
  Bytes packed;
  for (std::size_t at = 8; at < png.size();) {
    const std::uint32_t length = u32(png, at);
    const std::string type(png.begin() + at + 4, png.begin() + at + 8);
    types += type + " ";
    EXPECT_EQ(u32(png, at + 8 + length), crc32(0, png.data() + at + 4, length + 4)) << type;
    if (type == "IHDR") {
      EXPECT_EQ(u32(png, at + 8), 3U);
      EXPECT_EQ(u32(png, at + 12), 2U);
    }
    if (type == "IDAT") packed.assign(png.begin() + at + 8, png.begin() + at + 8 + length);
    at += 12 + length;
  }
  EXPECT_EQ(types, "IHDR IDAT IEND ");
  Bytes rows(64);
  uLongf size = rows.size();
  ASSERT_EQ(uncompress(rows.data(), &size, packed.data(), packed.size()), Z_OK);
  rows.resize(size);
  EXPECT_EQ(rows, (Bytes{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 10, 11, 12, 13, 14, 15, 16, 17, 18}));
}

// The examples of RFC 4648, section 10.
TEST(Base64, IsThatOfTheRfc) {
  const auto encoded = [](const std::string& text) {
    return base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foo"), "Zm9v");
  EXPECT_EQ(encoded("foob"), "Zm9vYg==");
  EXPECT_EQ(encoded("fooba"), "Zm9vYmE=");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace karnin
