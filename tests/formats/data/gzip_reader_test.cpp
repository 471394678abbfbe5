#include "formats/data/gzip_reader.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <random>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/idx_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::error_message;
using test::gzip;
using ::testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kTrailer = 8;      // CRC-32 and length
constexpr std::size_t kHeader = 10;      // holds times and systems, which no checksum covers
constexpr std::size_t kLarge = 300'000;  // several buffers, packed (which random bytes are not) too

Bytes random_bytes(std::size_t count) {
  std::mt19937 generator(7);
  Bytes bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(generator());
  return bytes;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

class Gzip : public ::testing::Test {
 protected:
  /// What the file holds, read by so many bytes at once. Exactly as many as there are, if that is
  /// `room`, and then one more: a caller that knows how much comes asks like that.
  Bytes read(std::span<const std::uint8_t> file, std::size_t room) {
    test::write_bytes(path_, file);
    const FileDescriptor descriptor(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    GzipReader reader(descriptor, path_.string());
    Bytes all, part(room);
    while (const std::size_t got = reader.read(part))
      all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(got));
    EXPECT_EQ(reader.offset(), all.size());
    return all;
  }
  std::string refusal(std::span<const std::uint8_t> file, std::size_t room) {
    return error_message<FileError>([&] { read(file, room); });
  }

  test::TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_ / "file";
};

TEST_F(Gzip, ReadsPlainFilesAndMembersOfAnySize) {
  for (const std::size_t count : {0UL, 1UL, 18UL, 65'535UL, 65'536UL, 65'537UL, kLarge}) {
    const Bytes bytes = random_bytes(count);
    for (const std::size_t room : {std::size_t{1} << 20, std::max<std::size_t>(count, 1)}) {
      EXPECT_EQ(read(bytes, room), bytes) << count;
      EXPECT_EQ(read(gzip(bytes), room), bytes) << count;
      EXPECT_EQ(read(gzip(bytes) + gzip({}) + gzip(bytes), room), bytes + bytes) << count;
    }
  }
}

TEST_F(Gzip, RefusesAStreamThatIsCutNearItsEnd) {
  for (const std::size_t count : {1UL, 18UL, 65'536UL, kLarge}) {
    const Bytes bytes = random_bytes(count), packed = gzip(bytes);
    for (const Bytes& file : {packed, packed + packed})
      for (std::size_t lost = 1; lost <= kTrailer + 8; ++lost)
        for (const std::size_t room : {count, std::size_t{1} << 20})
          EXPECT_THAT(refusal(std::span(file).first(file.size() - lost), room),
                      HasSubstr("gzip: the file ends before the checksum"))
              << count << " bytes, of which " << lost << " are lost";
  }
}

/// Between its blocks, deflate has bits that mean nothing: what is not refused must be the same.
TEST_F(Gzip, FindsEveryFlippedBitThatMatters) {
  for (const std::size_t count : {18UL, kLarge}) {
    const Bytes bytes = random_bytes(count);
    Bytes file = gzip(bytes);
    const std::size_t trailer = file.size() - kTrailer;
    std::size_t refused = 0, flipped = 0;
    const auto flip = [&](std::size_t bit) {
      file[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      ++flipped;
      try {
        EXPECT_EQ(read(file, count), bytes) << count << ", bit " << bit;
        EXPECT_LT(bit / 8, trailer);
      } catch (const FileError&) {
        ++refused;
      }
      file[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    };
    for (std::size_t bit = 8 * kHeader; bit < 8 * trailer; bit += 1 + file.size() / 20) flip(bit);
    for (std::size_t bit = 8 * trailer; bit < 8 * file.size(); ++bit) flip(bit);
    EXPECT_GE(refused + 10, flipped);
  }
}

TEST_F(Gzip, RefusesWhatFollowsAndIsNoMember) {
  const Bytes packed = gzip(random_bytes(1000));
  for (const Bytes& rest : {Bytes{0}, Bytes(512), Bytes{'x'}, Bytes{0x1F}, Bytes{0x1F, 0x8B},
                            Bytes{0x1F, 0x8C, 8}, random_bytes(kLarge)})
    EXPECT_THAT(refusal(packed + rest, 1000), HasSubstr("gzip: ")) << rest.size();
}

TEST_F(Gzip, SaysWhatCannotBeRead) {
  const FileDescriptor directory(open(directory_.path().c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_THAT(error_message<FileError>([&] { GzipReader(directory, "the folder"); }),
              HasSubstr("cannot read: Is a directory (the folder"));
}

}  // namespace
}  // namespace karnin
