#include "formats/coding/large_values.h"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <random>

#include "formats/coding/large_tensor.h"
#include "formats/coding/symbol_coder.h"
#include "formats/io/byte_writer.h"
#include "formats/io/container.h"
#include "tests/formats/coding/some_values.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

using test::Bytes;
using test::decode;
using test::error_message;
using test::expect_round_trip;
using test::in_rows;
using test::normal_values;
using test::patterns;
using ::testing::HasSubstr;

/// 20,000 values in rows of 500: every way to be large.
struct LargeCase {
  ValueCoding coding;
  std::vector<float> values;
};

std::vector<LargeCase> large_cases() {
  constexpr std::size_t kSize = 20'000;
  std::mt19937 rng(3);
  std::vector<float> halves = normal_values(kSize), integers(kSize), few(kSize), uniform(kSize);
  for (float& value : halves)
    value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0xFFFFE000U);
  for (std::size_t i = 0; i < kSize; ++i)
    integers[i] = (static_cast<float>(rng() % 255) - 127.0F) *
                      std::ldexp(0x1.2345p-9F, static_cast<int>(i / 500)) +
                  0.0F;
  for (float& value : few) value = 0.1F * static_cast<float>(rng() % 16) - 0.7F;
  for (float& value : uniform) do {
      value = std::bit_cast<float>(static_cast<std::uint32_t>(rng()));
    } while (!std::isfinite(value));
  return {{ValueCoding::large_floats, normal_values(kSize)},
          {ValueCoding::large_floats, halves},
          {ValueCoding::large_integers, integers},
          {ValueCoding::large_codebook, few},
          {ValueCoding::large_codebook, std::vector<float>(kSize, -0.0F)},
          {ValueCoding::plain, uniform}};
}

TEST(LargeValues, HaveCodingsOfTheirOwn) {
  for (const auto& [coding, values] : large_cases()) {
    const KeptValues kept = in_rows(values, 500);
    const CodedValues coded = expect_round_trip(kept);
    EXPECT_EQ(coded.coding, coding);
    const auto bits = 8.0 * static_cast<double>(coded.bytes.size());
    EXPECT_LE(bits, entropy_bits(kept, coding) * 1.003 + 255 * 16 + 40 * 32);
    const CodedValues slower = encode_values(kept, 2);
    EXPECT_LE(bits, 8.16 * static_cast<double>(slower.bytes.size()) + 2000)
        << "version 2, at most 2 % and the counts less";
  }
  std::vector<float> one_less = normal_values(kLargeKept - 1);
  EXPECT_EQ(expect_round_trip(in_rows(one_less, 1)).coding, ValueCoding::floats);
  one_less.push_back(1);
  EXPECT_EQ(expect_round_trip(in_rows(one_less, 1)).coding, ValueCoding::large_floats);
}

TEST(LargeValues, OtherTensorsHaveOtherCodings) {
  const std::vector<std::size_t> rows(40, 500);
  for (const auto& [coding, values] : large_cases()) {
    if (coding == ValueCoding::plain) continue;
    const CodedValues coded = encode_values(in_rows(values, 500), 3);
    const CodedValues small = encode_values(in_rows(values, 500), 2);
    EXPECT_THAT(error_message<FileError>([&] { decode(small.bytes, small.coding, rows, 3); }),
                HasSubstr("is not for large tensors"));
    EXPECT_THAT(error_message<FileError>([&] { decode(coded.bytes, coded.coding, rows, 2); }),
                HasSubstr("is for large tensors"));
  }
}

TEST(LargeValues, EveryCodingThatHoldsTheValuesIsRead) {
  using enum ValueCoding;
  for (const LargeCase& large : large_cases())
    for (const std::size_t row : {4, 500})
      for (const ValueCoding coding : {plain, large_floats, large_integers, large_codebook}) {
        const KeptValues kept = in_rows(large.values, row);
        if (const auto bytes = encode_values_as(coding, kept)) {
          ASSERT_EQ(patterns(decode(*bytes, coding, kept.rows).values), patterns(kept.values));
        }
      }
}

/// A bit of each of the first bytes, where counts and states are, and of some others.
TEST(LargeValues, ChangedBitsAreRefusedOrTheFormOfTheirCoding) {
  for (const auto& [coding, values] : large_cases()) {
    const KeptValues kept = in_rows(values, 500);
    const CodedValues coded = encode_values(kept, kFormatVersion);
    for (std::size_t byte = 0; byte < coded.bytes.size(); byte += byte < 120 ? 1 : 997) {
      Bytes changed = coded.bytes;
      changed[byte] ^= static_cast<std::uint8_t>(1U << (byte % 8));
      try {
        const KeptValues other = decode(changed, coded.coding, kept.rows);
        ASSERT_EQ(encode_values_as(coded.coding, other), changed) << "byte " << byte;
      } catch (const FileError&) {
      }
      changed.resize(byte);
      ASSERT_THROW(decode(changed, coded.coding, kept.rows), FileError) << "cut at " << byte;
    }
  }
}

/// 11 bits of each are as they are, which don't fill the last byte.
TEST(LargeValues, NothingFollowsTheMantissas) {
  std::vector<float> halves = normal_values(20'001);
  for (float& value : halves)
    value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0xFFFFE000U);
  const KeptValues kept = in_rows(halves, 1);
  CodedValues coded = expect_round_trip(kept);
  ASSERT_EQ(coded.coding, ValueCoding::large_floats);
  coded.bytes.back() |= 0x80;
  EXPECT_THAT(error_message<FileError>([&] { decode(coded.bytes, coded.coding, kept.rows); }),
              HasSubstr("mantissas: expected zeros behind them"));
}

/// By hand: a row of zeros in the middle, with integers that a scale of 0 would hide.
TEST(LargeValues, RowsOfZerosHaveNoIntegers) {
  Bytes symbols(20'000);
  std::mt19937 rng(8);
  for (std::uint8_t& symbol : symbols) symbol = static_cast<std::uint8_t>(rng() % 255);
  std::vector<float> scales(40, 0.25F);
  scales[20] = 0;
  std::fill_n(&symbols[20 * 500], 500, std::uint8_t{127 + 3});
  ByteWriter writer;
  writer.bytes(encode_floats(scales));
  write_counted(writer, symbols);
  const Bytes bytes = writer.take();
  EXPECT_THAT(error_message<FileError>([&] {
                decode(bytes, ValueCoding::large_integers, std::vector<std::size_t>(40, 500));
              }),
              HasSubstr("integers: expected 0 in a row of scale 0, got 3"));
}

/// By hand, from FORMAT.md: bits of mantissa, exponents, then sign and mantissa in 3 bytes each.
/// The writer takes plain values, which are shorter.
TEST(LargeValues, FloatsMayTakeMoreThanPlainValues) {
  const std::vector<float> uniform = large_cases().back().values;
  Bytes exponents, words;
  for (const float value : uniform) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    exponents.push_back(static_cast<std::uint8_t>(bits >> 23));
    const std::uint32_t word = (bits & 0x7FFFFF) | bits >> 31 << 23;
    for (const int shift : {0, 8, 16}) words.push_back(static_cast<std::uint8_t>(word >> shift));
  }
  ByteWriter writer;
  writer.write(std::uint8_t{23});
  write_counted(writer, exponents);
  writer.bytes(words);
  const Bytes bytes = writer.take();
  ASSERT_GE(bytes.size(), uniform.size() * sizeof(float));
  const std::vector<std::size_t> rows(40, 500);
  EXPECT_EQ(decode(bytes, ValueCoding::large_floats, rows).values, uniform);
  EXPECT_EQ(encode_values(in_rows(uniform, 500), kFormatVersion).coding, ValueCoding::plain);
}

}  // namespace
}  // namespace karnin
