// Reads event files back with code of its own: TFRecord framing and protocol buffers, bit by bit.
#include "formats/report/event_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <optional>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/resource_limit.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using testing::ElementsAre;
using Bytes = std::vector<std::uint8_t>;

/// One bit after the other, from the polynomial itself.
std::uint32_t slow_masked_crc(std::span<const std::uint8_t> bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0x82f63b78U : 0U);
  }
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

template <typename T>
T number_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.subspan(at, sizeof value).data(), sizeof value);
  return value;
}

/// The payloads of all records; every checksum must be right.
std::vector<Bytes> records_of(const std::filesystem::path& file) {
  const Bytes bytes = test::read_bytes(file);
  const std::span<const std::uint8_t> all(bytes);
  std::vector<Bytes> records;
  for (std::size_t at = 0; at < all.size();) {
    const auto length = number_at<std::uint64_t>(all, at);
    EXPECT_EQ(number_at<std::uint32_t>(all, at + 8), slow_masked_crc(all.subspan(at, 8)));
    const auto payload = all.subspan(at + 12, length);
    EXPECT_EQ(number_at<std::uint32_t>(all, at + 12 + length), slow_masked_crc(payload));
    records.emplace_back(payload.begin(), payload.end());
    at += 16 + length;
  }
  return records;
}

/// The fields of a message, as they are on the wire: a varint as its value in eight bytes.
std::map<int, Bytes> fields_of(std::span<const std::uint8_t> message) {
  std::map<int, Bytes> fields;
  std::size_t at = 0;
  const auto varint = [&] {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      value |= std::uint64_t{message[at] & 0x7fU} << shift;
      if ((message[at++] & 0x80U) == 0) return value;
    }
  };
  while (at < message.size()) {
    const std::uint64_t key = varint();
    std::size_t length = key % 8 == 1 ? 8 : 4;
    if (key % 8 == 0) {
      const std::uint64_t value = varint();
      Bytes wide(8);
      std::memcpy(wide.data(), &value, 8);
      fields[static_cast<int>(key / 8)] = wide;
      continue;
    }
    if (key % 8 == 2) length = varint();
    const auto bytes = message.subspan(at, length);
    fields[static_cast<int>(key / 8)] = {bytes.begin(), bytes.end()};
    at += length;
  }
  return fields;
}

std::string text(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

TEST(EventFile, TheChecksumIsTheOneOfTFRecords) {
  EXPECT_EQ(masked_crc32c(Bytes(8, 0)), slow_masked_crc(Bytes(8, 0)));
  const std::string digits = "123456789";  // CRC-32C 0xe3069283
  EXPECT_EQ(masked_crc32c({reinterpret_cast<const std::uint8_t*>(digits.data()), 9}),
            ((0xe3069283U >> 15) | (0xe3069283U << 17)) + 0xa282ead8U);
}

TEST(EventFile, HoldsWhatItWasTold) {
  const test::TemporaryDirectory directory;
  EventFile file(directory / "run", 1700000000.5);
  file.scalar("train/loss", 300, 0.25F, 1700000001);
  file.scalar("train/accuracy", 1LL << 40, 1.0F, 1700000002.25);
  EXPECT_EQ(file.path().filename().string().find("events.out.tfevents.1700000000."), 0U);

  const std::vector<Bytes> records = records_of(file.path());
  ASSERT_EQ(records.size(), 3U);
  auto event = fields_of(records[0]);
  EXPECT_EQ(number_at<double>(event[1], 0), 1700000000.5);
  EXPECT_EQ(text(event[3]), "brain.Event:2");

  event = fields_of(records[1]);
  EXPECT_EQ(number_at<double>(event[1], 0), 1700000001);
  EXPECT_EQ(number_at<std::int64_t>(event[2], 0), 300);
  auto value = fields_of(fields_of(event[5])[1]);
  EXPECT_EQ(text(value[1]), "train/loss");
  EXPECT_EQ(number_at<float>(value[2], 0), 0.25F);

  event = fields_of(records[2]);
  EXPECT_EQ(number_at<std::int64_t>(event[2], 0), 1LL << 40);
  EXPECT_EQ(text(fields_of(fields_of(event[5])[1])[1]), "train/accuracy");
}

TEST(EventFile, AResumedRunSaysWhereItStarts) {
  const test::TemporaryDirectory directory;
  const EventFile file(directory.path(), 5, 77);
  const std::vector<Bytes> records = records_of(file.path());
  ASSERT_EQ(records.size(), 2U);
  auto event = fields_of(records[1]);
  EXPECT_EQ(number_at<std::int64_t>(event[2], 0), 77);
  EXPECT_THAT(fields_of(event[7])[1], ElementsAre(1, 0, 0, 0, 0, 0, 0, 0));
}

TEST(EventFile, AFileInPlaceOfTheDirectoryIsRefused) {
  const test::TemporaryDirectory directory;
  test::write_text(directory / "file", "text");
  EXPECT_THROW(EventFile(directory / "file", 5), OutputError);
}

TEST(EventFile, WhatCannotBeOpenedIsNamed) {
  const test::TemporaryDirectory directory;
  const auto taken = directory / ("events.out.tfevents.0000000005." + std::to_string(getpid()));
  std::filesystem::create_directory(taken);
  EXPECT_EQ(test::error_message<OutputError>([&] { EventFile(directory.path(), 5); }),
            "cannot write '" + taken.string() + "': Is a directory");
}

TEST(EventFile, ADirectoryThatVanishesIsNoticed) {
  const test::TemporaryDirectory directory;
  EventFile file(directory / "run", 5);
  std::filesystem::remove_all(directory / "run");
  EXPECT_EQ(test::error_message<OutputError>([&] { file.scalar("loss", 1, 0.5F, 6); }),
            "cannot write '" + file.path().string() + "': No such file or directory");
}

TEST(EventFile, AFullDiskIsNoticed) {
  const test::TemporaryDirectory directory;
  EventFile file(directory.path(), 5);
  const test::ResourceLimit limit(RLIMIT_FSIZE, std::filesystem::file_size(file.path()) + 10);
  EXPECT_EQ(test::error_message<OutputError>([&] { file.scalar("loss", 1, 0.5F, 6); }),
            "cannot write '" + file.path().string() + "': File too large");
}

}  // namespace
}  // namespace karnin
