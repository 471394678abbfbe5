#include "formats/data/cifar10.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::error_message;
using test::TemporaryDirectory;
using test::write_bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kRecordBytes = 3073;

/// One record a label; pixel j of record i is (label + i + j) modulo 251.
std::vector<std::uint8_t> records(const std::vector<int>& labels) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    bytes.push_back(static_cast<std::uint8_t>(labels[i]));
    for (std::size_t j = 0; j < kRecordBytes - 1; ++j)
      bytes.push_back(
          static_cast<std::uint8_t>((static_cast<std::size_t>(labels[i]) + i + j) % 251));
  }
  return bytes;
}

TEST(Cifar10, ReadsRecordsInTheOrderOfTheFileNumbers) {
  const TemporaryDirectory directory;
  write_bytes(directory / "test_batch.bin", records({9, 0}));
  write_bytes(directory / "data_batch_10.bin", records({5}));
  write_bytes(directory / "data_batch_2.bin", records({3, 4}));
  write_bytes(directory / "data_batch_x.bin", records({1}));
  write_bytes(directory / "data_batch_1a.bin", records({1}));
  write_bytes(directory / "data_batch_4294967296.bin", records({1}));  // 2^32
  write_bytes(directory / "data_batch_3.bin.part", records({1}));
  const Dataset data = read_cifar10(directory.path());
  EXPECT_THAT(data.train.labels, ElementsAre(3, 4, 5));
  EXPECT_THAT(data.test.labels, ElementsAre(9, 0));
  EXPECT_EQ(data.train.extent, (Extent{3, 32, 32}));
  EXPECT_EQ(data.train.pixels.size(), 3U * 3072);
  EXPECT_EQ(data.train.image(1)[0], 4 + 1);
  EXPECT_EQ(data.train.image(1)[3071], (4 + 1 + 3071) % 251);
  EXPECT_EQ(data.test.image(0)[7], 9 + 7);
  EXPECT_EQ(data.name, "cifar10");
  EXPECT_EQ(data.note, "not the official test set: 2 images");
  EXPECT_EQ(data.directory, directory.path());
  EXPECT_THAT(data.classes, ElementsAre("plane", "car", "bird", "cat", "deer", "dog", "frog",
                                        "horse", "ship", "truck"));
}

TEST(Cifar10, HasNothingToNoteOnATestSetOfTheOfficialSize) {
  const TemporaryDirectory directory;
  write_bytes(directory / "test_batch.bin", records(std::vector<int>(10'000, 1)));
  write_bytes(directory / "data_batch_1.bin", records({1}));
  EXPECT_EQ(read_cifar10(directory.path()).note, "");
}

TEST(Cifar10, IsRecognisedByItsTestFile) {
  const TemporaryDirectory directory;
  EXPECT_FALSE(holds_cifar10(directory.path()));
  EXPECT_FALSE(holds_cifar10(directory / "missing"));
  write_bytes(directory / "test_batch.bin", records({1}));
  EXPECT_TRUE(holds_cifar10(directory.path()));
}

TEST(Cifar10, RefusesLabelsBeyondTheClasses) {
  const TemporaryDirectory directory;
  write_bytes(directory / "test_batch.bin", records({9}));
  write_bytes(directory / "data_batch_1.bin", records({1, 2, 10}));
  EXPECT_THAT(error_message<FileError>([&] { read_cifar10(directory.path()); }),
              HasSubstr("label: expected 0 to 9, got 10 (" +
                        (directory / "data_batch_1.bin").string() + ", byte 6146)"));
}

TEST(Cifar10, RefusesPartsOfRecords) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kRecordBytes - 1, kRecordBytes + 1, 2 * kRecordBytes - 1}) {
    const TemporaryDirectory directory;
    std::vector<std::uint8_t> bytes = records({1, 2});
    bytes.resize(size);
    write_bytes(directory / "test_batch.bin", bytes);
    write_bytes(directory / "data_batch_1.bin", records({1}));
    EXPECT_THAT(
        error_message<FileError>([&] { read_cifar10(directory.path()); }),
        HasSubstr("whole records of 3073 bytes, at least one, got " + std::to_string(size)));
  }
}

TEST(Cifar10, RefusesADirectoryWithoutTrainingImages) {
  const TemporaryDirectory directory;
  write_bytes(directory / "test_batch.bin", records({1}));
  EXPECT_THAT(error_message<FileError>([&] { read_cifar10(directory.path()); }),
              HasSubstr("data_batch_1.bin"));
  std::filesystem::create_directory(directory / "data_batch_1.bin");
  EXPECT_THROW(read_cifar10(directory.path()), FileError);
}

}  // namespace
}  // namespace karnin
