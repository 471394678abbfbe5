#include "formats/io/byte_reader.h"

#include <gmock/gmock.h>

#include <limits>
#include <vector>

#include "formats/io/byte_writer.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

TEST(ByteReader, ReadsWhatByteWriterWrote) {
  ByteWriter writer;
  writer.write(std::uint8_t{0xAB});
  writer.write(std::uint16_t{0x1234});
  writer.write(std::uint32_t{0xDEADBEEF});
  writer.write(std::uint64_t{0x0102030405060708});
  writer.floats(std::vector<float>{-0.5F, 3.25F});
  writer.text("text");
  const std::vector<std::uint8_t> bytes = writer.take();
  EXPECT_EQ(bytes[1], 0x34) << "little-endian";

  ByteReader reader(bytes, "p");
  EXPECT_EQ(reader.read<std::uint8_t>("a"), 0xAB);
  EXPECT_EQ(reader.read<std::uint16_t>("b"), 0x1234);
  EXPECT_EQ(reader.read<std::uint32_t>("c"), 0xDEADBEEF);
  EXPECT_EQ(reader.read<std::uint64_t>("d"), 0x0102030405060708U);
  std::vector<float> values(2);
  reader.floats(values, "e");
  EXPECT_EQ(values, (std::vector<float>{-0.5F, 3.25F}));
  EXPECT_EQ(reader.bytes(4, "f")[0], 't');
  reader.expect_end("g");
}

TEST(ByteReader, RefusesToReadPastTheEnd) {
  const std::vector<std::uint8_t> bytes(7, 1);
  ByteReader reader(bytes, "file", 100);
  reader.read<std::uint32_t>("first");
  EXPECT_EQ(error_message<FileError>([&] { reader.read<std::uint32_t>("second"); }),
            "second: expected 4 bytes, got 3 (file, byte 104)");
  EXPECT_THROW(reader.bytes(std::numeric_limits<std::uint64_t>::max(), "huge"), FileError);
  std::vector<float> one(1);
  EXPECT_THROW(reader.floats(one, "float"), FileError);
  EXPECT_EQ(reader.offset(), 104U) << "a refused read takes nothing";
  EXPECT_EQ(reader.bytes(3, "rest").size(), 3U);
}

TEST(ByteReader, SlicesKeepFileOffsets) {
  const std::vector<std::uint8_t> bytes(10, 0);
  ByteReader reader(bytes, "file", 50);
  reader.bytes(2, "skip");
  ByteReader slice = reader.slice(5, "slice");
  slice.bytes(4, "part");
  EXPECT_EQ(error_message<FileError>([&] { slice.expect_end("slice"); }),
            "slice: expected its end, got 1 more bytes (file, byte 56)");
  EXPECT_THROW(slice.bytes(2, "beyond"), FileError);
  EXPECT_EQ(reader.offset(), 57U);
}

TEST(ByteReader, RefusesFloatsThatAreNotFinite) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()}) {
    ByteWriter writer;
    writer.floats(std::vector<float>{1.0F, bad});
    ByteReader reader(writer.span(), "file");
    std::vector<float> values(2);
    EXPECT_THAT(error_message<FileError>([&] { reader.floats(values, "w"); }),
                HasSubstr("at index 1 (file, byte 4)"));
  }
}

}  // namespace
}  // namespace karnin
