#include "formats/coding/value_codec.h"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <random>
#include <set>

#include "formats/coding/float_coder.h"
#include "formats/coding/kept_values.h"
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
using ::testing::HasSubstr;

TEST(ValueCodec, AnyFloatsComeBack) {
  std::mt19937 rng(6);
  for (const std::size_t count : {0, 1, 2, 3, 10, 1000}) {
    std::vector<float> values(count);
    for (float& value : values)
      value = std::bit_cast<float>(static_cast<std::uint32_t>(rng()) & 0xBFFFFFFFU);
    expect_round_trip(in_rows(values, 1));
  }
  expect_round_trip(in_rows({0.0F, -0.0F, 0x1p-149F, 0x1.fffffep127F, 1.0F}, 5));
}

TEST(ValueCodec, ExponentsTakeTheirEntropy) {
  const KeptValues kept = in_rows(normal_values(48'000), 400);
  for (const std::uint32_t version : {2U, 3U}) {
    const CodedValues coded = expect_round_trip(kept, version);
    EXPECT_EQ(coded.coding, version == 2 ? ValueCoding::floats : ValueCoding::large_floats);
    EXPECT_LT(static_cast<double>(coded.bytes.size()), 48'000 * 27.0 / 8);
    EXPECT_LT(8.0 * static_cast<double>(coded.bytes.size()),
              entropy_bits(kept, coded.coding) * 1.002 + 400);
  }
}

TEST(ValueCodec, UniformBitsStayPlain) {
  std::mt19937 rng(7);
  std::vector<float> values(300);
  for (float& value : values) do {
      value = std::bit_cast<float>(static_cast<std::uint32_t>(rng()));
    } while (!std::isfinite(value));
  EXPECT_EQ(expect_round_trip(in_rows(values, 300)).coding, ValueCoding::plain);
}

TEST(ValueCodec, RoundedMantissasAreNoticed) {
  std::vector<float> values = normal_values(5000);
  for (float& value : values)
    value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0xFFFF0000U);
  const CodedValues coded = expect_round_trip(in_rows(values, 100));
  EXPECT_EQ(coded.coding, ValueCoding::floats);
  EXPECT_EQ(coded.bytes[0], 7) << "bfloat16 has 7 bits behind the point";
  EXPECT_LT(coded.bytes.size(), 5000U * 11 / 8);
}

TEST(ValueCodec, IntegersTimesAScaleAreNoticed) {
  std::vector<float> values = normal_values(8000);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float scale = std::ldexp(0x1.2345p-9F, static_cast<int>(i / 400));
    values[i] = std::clamp(std::nearbyint(values[i] / 0.002F), -127.0F, 127.0F) * scale + 0.0F;
  }
  const KeptValues kept = in_rows(values, 400);
  const CodedValues coded = expect_round_trip(kept);
  EXPECT_EQ(coded.coding, ValueCoding::integers);
  EXPECT_LT(8.0 * static_cast<double>(coded.bytes.size()),
            entropy_bits(kept, coded.coding) + 20 * 25 + 255 * 6);
}

TEST(ValueCodec, FewValuesMakeACodebook) {
  for (const int entries : {1, 2, 3, 16, 17, 255, 256}) {
    const std::vector<float> book = normal_values(static_cast<std::size_t>(entries), 5);
    std::vector<float> values = book;  // each at least once
    std::mt19937 rng(2);
    while (values.size() < 9000) values.push_back(book[rng() % book.size()]);
    const CodedValues coded = expect_round_trip(in_rows(values, 90));
    EXPECT_EQ(coded.coding, ValueCoding::codebook) << entries;
    EXPECT_EQ(coded.bytes[0], entries - 1);
  }
  const std::vector<float> book = normal_values(257, 5);
  EXPECT_NE(expect_round_trip(in_rows(book, 257)).coding, ValueCoding::codebook);
}

TEST(ValueCodec, DescribesWhatItReads) {
  const auto description = [](const std::vector<float>& values) {
    const CodedValues coded = encode_values(in_rows(values, values.size()), kFormatVersion);
    return describe_values(ByteReader(coded.bytes, "file"), coded.coding);
  };
  EXPECT_EQ(description(normal_values(5000)), "f32");
  EXPECT_EQ(description(normal_values(3)), "f32") << "plain";
  EXPECT_EQ(description(std::vector<float>(500, 0.3F)), "codebook of 1");
}

/// By hand: how often each value comes, and 32 bits for what is not coded.
TEST(ValueCodec, EntropyIsThatOfTheChosenSymbols) {
  const KeptValues kept = in_rows({0.5F, 0.5F, 0.25F, 0.25F}, 4);
  EXPECT_DOUBLE_EQ(entropy_bits(kept, ValueCoding::plain), 4 * 32);
  EXPECT_DOUBLE_EQ(entropy_bits(kept, ValueCoding::codebook), 4);
  EXPECT_DOUBLE_EQ(entropy_bits(kept, ValueCoding::floats), 4 + 4) << "two exponents, and signs";
}

/// By hand: 400 bytes where the writer takes ten.
TEST(ValueCodec, ReadsCodingsThatAreNotTheShortest) {
  const std::vector<float> values(100, 0.3F);
  ByteWriter plain;
  plain.floats(values);
  EXPECT_EQ(decode(plain.take(), ValueCoding::plain, {100}).values, values);
  EXPECT_EQ(encode_values(in_rows(values, 100), kFormatVersion).coding, ValueCoding::codebook);
}

constexpr ValueCoding kCodings[] = {ValueCoding::plain, ValueCoding::floats, ValueCoding::integers,
                                    ValueCoding::codebook};

/// Values that some codings hold and others don't: floats, rounded ones, few of them, integers.
std::vector<KeptValues> all_kinds(std::size_t count, std::size_t row, std::uint32_t seed) {
  std::mt19937 rng(seed);
  std::vector<float> halves = normal_values(count, seed), integers(count), few(count);
  for (float& value : halves)
    value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0xFFFFE000U);
  for (float& value : integers) value = (static_cast<float>(rng() % 31) - 15.0F) * 0.37F + 0.0F;
  for (float& value : few) value = 0.1F * static_cast<float>(rng() % 3);
  return {in_rows(normal_values(count, seed), row), in_rows(halves, row), in_rows(integers, row),
          in_rows(few, row)};
}

TEST(ValueCodec, EveryCodingThatHoldsTheValuesIsReadAndTheWriterTakesTheShortest) {
  std::set<ValueCoding> taken;
  for (const auto& [count, row] :
       {std::pair{1U, 1U}, {4U, 2U}, {60U, 20U}, {300U, 30U}, {9000U, 90U}})
    for (const KeptValues& kept : all_kinds(count, row, count)) {
      const CodedValues coded = encode_values(kept, kFormatVersion);
      taken.insert(coded.coding);
      for (const ValueCoding coding : kCodings) {
        const std::optional<Bytes> bytes = encode_values_as(coding, kept);
        if (!bytes) continue;
        ASSERT_EQ(decode(*bytes, coding, kept.rows).values, kept.values);
        ASSERT_LE(std::pair(coded.bytes.size(), coded.coding), std::pair(bytes->size(), coding));
      }
    }
  EXPECT_EQ(taken.size(), std::size(kCodings)) << "each is the shortest somewhere";
}

TEST(ValueCodec, OfTwoThatTakeTheSameTheWriterTakesTheFirst) {
  std::vector<float> values;
  Bytes floats;
  do {
    values = normal_values(values.size() + 1);
    floats = encode_floats(values);
  } while (floats.size() > values.size() * sizeof(float) && values.size() < 1000);
  ASSERT_EQ(floats.size(), values.size() * sizeof(float)) << "choose another seed";
  EXPECT_EQ(encode_values(in_rows(values, 1), kFormatVersion).coding, ValueCoding::plain);
}

/// `head`, the last byte of which says how many bits of mantissa follow, and floats coded so.
/// Behind them come `symbols` of `width` bits.
Bytes coded(Bytes head, const std::vector<float>& values,
            const std::vector<std::uint32_t>& symbols = {}, int width = 8) {
  FloatCoder coder(head.back());
  AdaptiveNumber numbers;
  RangeEncoder encoder;
  for (const float value : values) coder.encode(encoder, value);
  for (const std::uint32_t symbol : symbols) numbers.encode(encoder, symbol, width);
  const Bytes stream = encoder.finish();
  head.insert(head.end(), stream.begin(), stream.end());
  return head;
}

TEST(ValueCodec, RefusesWhatTheWriterNeverWrites) {
  const auto refusal = [](ValueCoding coding, const Bytes& bytes, std::vector<std::size_t> rows) {
    return error_message<FileError>([&] { decode(bytes, coding, rows); });
  };
  using enum ValueCoding;
  EXPECT_THAT(refusal(plain, {0, 0, 0}, {1}), HasSubstr("values: expected 4 bytes"));
  EXPECT_THAT(refusal(plain, {0, 0, 128, 127}, {1}), HasSubstr("finite"));
  EXPECT_THAT(refusal(floats, {24, 0, 0, 0, 0}, {1}), HasSubstr("mantissa bits: expected at most"));
  EXPECT_THAT(refusal(floats, {3, 0, 0, 0, 0}, {1}), HasSubstr("finite ones, got inf at index 0"));
  EXPECT_THAT(refusal(floats, coded({3}, {1.0F, 2.0F}), {2}),
              HasSubstr("mantissa bits: expected 0, got 3"));
  EXPECT_THAT(refusal(codebook, {255}, {1}), HasSubstr("mantissa bits: expected 1 bytes"));
  EXPECT_THAT(refusal(codebook, coded({1, 3}, {1.5F, 1.125F}), {1}), HasSubstr("ascending order"));
  EXPECT_THAT(refusal(codebook, coded({1, 1}, {1.5F, 1.5F}), {1}), HasSubstr("ascending order"));
  EXPECT_THAT(refusal(codebook, coded({1, 1}, {1.0F, 1.5F}), {0}),
              HasSubstr("entry 0 of 2 is never"));
  EXPECT_THAT(refusal(integers, coded({0}, {2.0F}), {0}),
              HasSubstr("row scales: expected the larg"));
  EXPECT_THAT(refusal(integers, coded({0}, {-0.0F}), {0}), HasSubstr("row scales"));
  EXPECT_THAT(refusal(integers, coded({0}, {1.0F}, {0x80, 1}), {2}), HasSubstr("row scales"))
      << "-128 and 1 have no scale";
  EXPECT_THAT(refusal(integers, coded({0}, {0.0F}, {5}), {1}),
              HasSubstr("integers: expected 0 in a row of scale 0, got 5"));
  EXPECT_THAT(refusal(codebook, coded({2, 0}, {1.0F, 2.0F, 4.0F}, {0, 1, 2, 3}, 2), {4}),
              HasSubstr("codebook: entry 3 of 3 is used but missing"));
}

/// Every change of one bit, in all codings: refused, or the one form of other values.
TEST(ValueCodec, ChangedBitsAreRefusedOrTheFormOfTheirCoding) {
  for (const KeptValues& kept : all_kinds(300, 30, 12))
    for (const ValueCoding coding : kCodings) {
      const Bytes original = encode_values_as(coding, kept).value_or(Bytes());
      for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
        Bytes changed = original;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        try {
          ASSERT_EQ(encode_values_as(coding, decode(changed, coding, kept.rows)), changed)
              << "bit " << bit;
        } catch (const FileError&) {
        }
      }
    }
}

}  // namespace
}  // namespace karnin
