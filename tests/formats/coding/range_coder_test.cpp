#include "formats/coding/range_coder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "formats/coding/float_coder.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

std::vector<bool> random_bits(std::size_t count, double ones, std::uint32_t seed) {
  std::mt19937 rng(seed);
  std::vector<bool> bits(count);
  for (auto bit : bits) bit = std::generate_canonical<double, 32>(rng) < ones;
  return bits;
}

Bytes encode_bits(const std::vector<bool>& bits) {
  AdaptiveBit model;
  RangeEncoder encoder;
  for (const bool bit : bits) encoder.bit(model, bit);
  return encoder.finish();
}

/// Throws FileError for bytes that encode_bits() cannot have given.
std::vector<bool> decode_bits(const Bytes& bytes, std::size_t count) {
  ByteReader reader(bytes, "file");
  AdaptiveBit model;
  RangeDecoder decoder(reader);
  std::vector<bool> bits;
  while (bits.size() < count) bits.push_back(decoder.bit(model));
  decoder.finish(reader, "bits");
  reader.expect_end("bits");
  return bits;
}

TEST(RangeCoder, BitsComeBackInFewBytes) {
  for (const double ones : {0.0, 0.001, 0.02, 0.1, 0.5, 0.9, 1.0})
    for (const std::size_t count : {0, 1, 2, 7, 100, 5000, 50'000}) {
      const std::vector<bool> bits = random_bits(count, ones, 3);
      const Bytes bytes = encode_bits(bits);
      ASSERT_EQ(decode_bits(bytes, count), bits) << count << " at " << ones;
      const double n = static_cast<double>(count);
      const double k = static_cast<double>(std::ranges::count(bits, true));
      const double entropy =
          k == 0 || k == n ? 0 : k * std::log2(n / k) + (n - k) * std::log2(n / (n - k));
      // Krichevsky-Trofimov: log2(n) / 2 + 1 bits; four bytes to end; a little for what is
      // forgotten after 1,022 bits and for the least probability of 2^-11.
      EXPECT_LT(8.0 * static_cast<double>(bytes.size()), entropy * 1.002 + n * 0.0009 + 8 + 34 + 8)
          << count << " at " << ones;
    }
}

TEST(RangeCoder, CarriesTravelThroughRunsOfFullBytes) {
  // Zeros are the upper part of the range: the number creeps up to the next carry.
  std::mt19937 rng(1);
  for (int round = 0; round < 2000; ++round) {
    std::vector<bool> bits(200 + rng() % 200);
    for (auto bit : bits) bit = rng() % 64 == 0;
    ASSERT_EQ(decode_bits(encode_bits(bits), bits.size()), bits);
  }
}

TEST(RangeCoder, DirectBitsCostWhatTheyAre) {
  std::mt19937 rng(9);
  std::vector<std::pair<std::uint32_t, int>> values;
  RangeEncoder encoder;
  double bits = 0;
  for (int i = 0; i < 10'000; ++i) {
    const int count = 1 + static_cast<int>(rng() % 16);
    values.emplace_back(rng() & ((1U << count) - 1), count);
    encoder.direct(values.back().first, count);
    bits += count;
  }
  const Bytes bytes = encoder.finish();
  EXPECT_GT(8.0 * static_cast<double>(bytes.size()), bits);
  EXPECT_LT(8.0 * static_cast<double>(bytes.size()), bits * 1.001 + 32);
  ByteReader reader(bytes, "file");
  RangeDecoder decoder(reader);
  for (const auto& [value, count] : values) ASSERT_EQ(decoder.direct(count), value);
  EXPECT_NO_THROW(decoder.finish(reader, "bits"));
}

TEST(RangeCoder, EverySequenceHasOneForm) {
  const std::vector<bool> bits = random_bits(400, 0.3, 5);
  const Bytes bytes = encode_bits(bits);
  int other_bits = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes changed = bytes;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    try {
      const std::vector<bool> other = decode_bits(changed, bits.size());
      ++other_bits;
      EXPECT_EQ(encode_bits(other), changed);
    } catch (const FileError&) {
    }
  }
  EXPECT_LT(other_bits, 20) << "most changes are no encoder's";
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_THROW(
        decode_bits(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)),
                    bits.size()),
        FileError);
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_THROW(decode_bits(longer, bits.size()), FileError);
}

TEST(RangeCoder, NumbersAboveTheRangeAreRefused) {
  const Bytes all_ones(64, 0xFF);
  EXPECT_THAT(error_message<FileError>([&] { decode_bits(all_ones, 20); }), HasSubstr("encoder"));
  ByteReader reader(all_ones, "file");
  RangeDecoder decoder(reader);
  for (int i = 0; i < 20; ++i) EXPECT_LT(decoder.direct(7), 128U);
  EXPECT_THROW(decoder.finish(reader, "bits"), FileError);
}

TEST(FloatCoder, KeepsEveryBitThatItIsToldTo) {
  std::mt19937 rng(2);
  for (int bits = 0; bits <= 23; ++bits) {
    std::vector<float> values{0.0F, -0.0F, 1.0F};
    for (int i = 0; i < 300; ++i) {
      const std::uint32_t kept = ~((1U << (23 - bits)) - 1);
      values.push_back(
          std::bit_cast<float>(static_cast<std::uint32_t>(rng()) & kept & 0xBFFFFFFFU));
    }
    EXPECT_EQ(mantissa_bits_of(values), bits);
    FloatCoder coder(bits), back(bits);
    RangeEncoder encoder;
    for (const float value : values) coder.encode(encoder, value);
    const Bytes bytes = encoder.finish();
    ByteReader reader(bytes, "file");
    RangeDecoder decoder(reader);
    for (const float value : values)
      ASSERT_EQ(std::bit_cast<std::uint32_t>(back.decode(decoder)),
                std::bit_cast<std::uint32_t>(value));
    EXPECT_NO_THROW(decoder.finish(reader, "floats"));
  }
}

}  // namespace
}  // namespace karnin
