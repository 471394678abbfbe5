#include "formats/data/idx.h"

#include <gmock/gmock.h>

#include <numeric>

#include "runtime/core/error.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/error_message.h"
#include "tests/support/idx_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::error_message;
using test::gzip;
using test::idx_bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::uint8_t> ascending(std::size_t count) {
  std::vector<std::uint8_t> values(count);
  std::iota(values.begin(), values.end(), std::uint8_t{0});
  return values;
}

class Idx : public ::testing::Test {
 protected:
  IdxArray read(std::span<const std::uint8_t> file, std::size_t rank) {
    test::write_bytes(path_, file);
    test::reset_largest_allocation();
    return read_idx(path_, rank);
  }
  std::string refusal(std::span<const std::uint8_t> file, std::size_t rank) {
    return error_message<FileError>([&] { read(file, rank); });
  }

  test::TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_ / "file";
};

TEST_F(Idx, ReadsPlainAndPackedFiles) {
  const std::vector<std::uint8_t> file = idx_bytes({3, 4, 5}, ascending(60));
  for (const auto& bytes : {file, gzip(file)}) {
    const IdxArray array = read(bytes, 3);
    EXPECT_THAT(array.dims, ElementsAre(3, 4, 5));
    EXPECT_EQ(array.values, ascending(60));
    EXPECT_EQ(array.header_bytes, 16U);
  }
}

TEST_F(Idx, TellsTheDimensionsFromTheFirstBytes) {
  const std::vector<std::uint8_t> file = idx_bytes({3000, 4, 50}, ascending(600'000));
  const std::vector<std::uint8_t> packed = gzip(file);
  for (const auto& bytes : {std::span(file).first(16), std::span(packed).first(1000)}) {
    test::write_bytes(path_, bytes);
    EXPECT_THAT(read_idx_dims(path_, 3), ElementsAre(3000, 4, 50));
    EXPECT_THROW(read_idx_dims(path_, 1), FileError);
  }
  test::write_bytes(path_, std::span(file).first(15));
  EXPECT_THROW(read_idx_dims(path_, 3), FileError);
}

TEST_F(Idx, RefusesWrongMagic) {
  std::vector<std::uint8_t> file = idx_bytes({3}, ascending(3));
  EXPECT_THAT(refusal(file, 3), HasSubstr("IDX magic: expected 0x00000803, got 0x00000801"));
  file[2] = 0x0D;  // floats
  EXPECT_THAT(refusal(file, 1), HasSubstr("got 0x00000d01 (" + path_.string() + ", byte 0)"));
  file[0] = 1;
  EXPECT_THROW(read(file, 1), FileError);
}

TEST_F(Idx, RefusesSizesThatAreNotThoseOfTheHeader) {
  EXPECT_THAT(refusal(idx_bytes({10}, ascending(9)), 1),
              HasSubstr("values: expected 10 bytes, got 9 (" + path_.string() + ", byte 17)"));
  EXPECT_THAT(refusal(idx_bytes({10}, ascending(11)), 1),
              HasSubstr("expected the end of the file"));
  EXPECT_THAT(refusal(gzip(idx_bytes({10}, ascending(11))), 1), HasSubstr("expected the end"));
  EXPECT_THAT(refusal(idx_bytes({0, 4, 4}, {}), 3), HasSubstr("expected at least 1, got 0"));
}

TEST_F(Idx, RefusesEveryTruncation) {
  const std::vector<std::uint8_t> plain = idx_bytes({2, 9}, ascending(18));
  for (const std::vector<std::uint8_t>& file : {plain, gzip(plain)})
    for (std::size_t length = 0; length < file.size(); ++length)
      EXPECT_THROW(read(std::span(file).first(length), 2), FileError) << length;
}

/// Where all values have come and the buffer is empty, nothing but the checksum is missing.
TEST_F(Idx, RefusesALargeFileWithoutItsChecksum) {
  for (const std::uint32_t count : {65'528U, 300'000U}) {
    const std::vector<std::uint8_t> file = gzip(idx_bytes({count}, ascending(count)));
    for (std::size_t lost = 1; lost <= 8; ++lost)
      EXPECT_THAT(refusal(std::span(file).first(file.size() - lost), 1), HasSubstr("gzip: "))
          << count << " values, " << lost << " bytes lost";
    EXPECT_EQ(read(file, 1).values, ascending(count));
  }
}

TEST_F(Idx, RefusesDamagedGzip) {
  std::vector<std::uint8_t> file = gzip(idx_bytes({4, 25}, ascending(100)));
  file[file.size() - 6] ^= 1U;  // the CRC
  EXPECT_THAT(refusal(file, 2), HasSubstr("gzip: "));
  file[file.size() - 6] ^= 1U;
  file[file.size() / 2] ^= 0x10U;
  EXPECT_THROW(read(file, 2), FileError);
}

TEST_F(Idx, NeverUnpacksMoreThanPromised) {
  const std::vector<std::uint8_t> bomb = gzip(idx_bytes({10}, std::vector<std::uint8_t>(1U << 24)));
  EXPECT_LT(bomb.size(), 20'000U);
  EXPECT_THAT(refusal(bomb, 1), HasSubstr("expected the end of the file"));
  EXPECT_LT(test::largest_allocation(), 100'000U);
}

TEST_F(Idx, NeverAllocatesMoreThanTheFileCanHold) {
  const std::vector<std::uint8_t> huge =
      idx_bytes({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, ascending(9));
  for (const auto& file : {huge, gzip(huge)}) {
    EXPECT_THAT(refusal(file, 3), HasSubstr("dimensions: more elements than"));
    EXPECT_LT(test::largest_allocation(), 100'000U);
  }
  EXPECT_THAT(refusal(idx_bytes({1000}, ascending(50)), 1),
              HasSubstr("more elements than 58 bytes"));
}

TEST_F(Idx, NamesAFileThatIsNotThere) {
  EXPECT_THAT(
      error_message<FileError>([&] { read_idx(directory_ / "none", 1); }),
      HasSubstr("cannot read: No such file or directory (" + (directory_ / "none").string()));
  EXPECT_THROW(read_idx(directory_.path(), 1), FileError);
}

}  // namespace
}  // namespace karnin
