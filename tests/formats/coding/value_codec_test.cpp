#include "formats/coding/value_codec.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "formats/coding/float_coder.h"
#include "formats/coding/kept_values.h"
#include "formats/coding/large_tensor.h"
#include "formats/coding/symbol_coder.h"
#include "formats/io/byte_writer.h"
#include "formats/io/container.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

std::vector<float> normal_values(std::size_t count, std::uint32_t seed = 1) {
  std::mt19937 rng(seed);
  std::normal_distribution<float> normal(0.0F, 0.05F);
  std::vector<float> values(count);
  for (float& value : values) value = normal(rng);
  return values;
}

KeptValues in_rows(std::vector<float> values, std::size_t row) {
  KeptValues kept{std::move(values), {}};
  kept.rows.assign(kept.values.size() / row, row);
  return kept;
}

std::vector<std::uint32_t> patterns(const std::vector<float>& values) {
  std::vector<std::uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
  return bits;
}

KeptValues decode(const Bytes& bytes, ValueCoding coding, std::vector<std::size_t> rows,
                  std::uint32_t version = kFormatVersion) {
  KeptValues kept{{}, std::move(rows)};
  std::size_t count = 0;
  for (const std::size_t row : kept.rows) count += row;
  kept.values.resize(count);
  ByteReader reader(bytes, "file");
  decode_values(reader, coding, kept, version);
  reader.expect_end("values");
  return kept;
}

/// The coding and the bytes that were chosen.
CodedValues expect_round_trip(const KeptValues& kept, std::uint32_t version = kFormatVersion) {
  const CodedValues coded = encode_values(kept, version);
  EXPECT_EQ(patterns(decode(coded.bytes, coded.coding, kept.rows, version).values),
            patterns(kept.values));
  return coded;
}

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

TEST(ValueCodec, LargeTensorsHaveCodingsOfTheirOwn) {
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

TEST(ValueCodec, LargeTensorsHaveOneForm) {
  const std::vector<std::size_t> rows(40, 500);
  for (const auto& [coding, values] : large_cases()) {
    const CodedValues coded = encode_values(in_rows(values, 500), 3);
    const CodedValues small = encode_values(in_rows(values, 500), 2);
    if (coding != ValueCoding::plain) {
      EXPECT_THROW(decode(small.bytes, small.coding, rows, 3), FileError);
      EXPECT_THROW(decode(coded.bytes, coded.coding, rows, 2), FileError);
    }
    if (coding == ValueCoding::plain) continue;
    ByteWriter plain;
    plain.floats(values);
    EXPECT_THAT(error_message<FileError>([&] { decode(plain.take(), ValueCoding::plain, rows); }),
                HasSubstr("coding 0 is not for such values"));
  }
}

/// A bit of each of the first bytes, where counts and states are, and of some others.
TEST(ValueCodec, ChangedBitsOfLargeTensorsAreRefusedOrCanonical) {
  for (const auto& [coding, values] : large_cases()) {
    const KeptValues kept = in_rows(values, 500);
    const CodedValues coded = encode_values(kept, kFormatVersion);
    for (std::size_t byte = 0; byte < coded.bytes.size(); byte += byte < 120 ? 1 : 997) {
      Bytes changed = coded.bytes;
      changed[byte] ^= static_cast<std::uint8_t>(1U << (byte % 8));
      try {
        const KeptValues other = decode(changed, coded.coding, kept.rows);
        ASSERT_EQ(encode_values(other, kFormatVersion).bytes, changed) << "byte " << byte;
      } catch (const FileError&) {
      }
      changed.resize(byte);
      ASSERT_THROW(decode(changed, coded.coding, kept.rows), FileError) << "cut at " << byte;
    }
  }
}

/// 11 bits of each are as they are, which don't fill the last byte.
TEST(ValueCodec, NothingFollowsTheMantissasOfLargeTensors) {
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

/// By hand, from FORMAT.md: bits of mantissa, exponents, then sign and mantissa in 3 bytes each.
TEST(ValueCodec, LargeFloatsHaveToSaveSomething) {
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
  EXPECT_THAT(error_message<FileError>([&] {
                decode(bytes, ValueCoding::large_floats, std::vector<std::size_t>(40, 500));
              }),
              HasSubstr("values: coding 5 is not for such values"));
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

TEST(ValueCodec, RefusesOtherCodingsOfTheSameValues) {
  const std::vector<float> values(100, 0.3F);
  ByteWriter plain;
  plain.floats(values);
  EXPECT_THAT(error_message<FileError>([&] { decode(plain.take(), ValueCoding::plain, {100}); }),
              HasSubstr("values: coding 0 takes 400 bytes, but"));
}

TEST(ValueCodec, OfTwoThatTakeTheSameTheFirstCodingIsTheForm) {
  std::vector<float> values;
  Bytes floats;
  do {
    values = normal_values(values.size() + 1);
    floats = encode_floats(values);
  } while (floats.size() > values.size() * sizeof(float) && values.size() < 1000);
  ASSERT_EQ(floats.size(), values.size() * sizeof(float)) << "choose another seed";
  EXPECT_EQ(encode_values(in_rows(values, 1), kFormatVersion).coding, ValueCoding::plain);
  EXPECT_THAT(error_message<FileError>([&] {
                decode(floats, ValueCoding::floats, std::vector<std::size_t>(values.size(), 1));
              }),
              HasSubstr(fmt::format("coding 1 takes {0} bytes, but 0 only {0}", floats.size())));
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
  EXPECT_THAT(refusal(codebook, coded({2, 0}, {1.0F, 2.0F, 4.0F}, {0, 1, 2, 3}, 2), {4}),
              HasSubstr("codebook: entry 3 of 3 is used but missing"));
}

/// Every change of one bit, in all codings: refused, or the form of other values.
TEST(ValueCodec, ChangedBitsAreRefusedOrCanonical) {
  std::vector<float> halves = normal_values(300), integers(300), few(300);
  std::mt19937 rng(12);
  for (float& value : halves)
    value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0xFFFFE000U);
  for (float& value : integers) value = (static_cast<float>(rng() % 31) - 15.0F) * 0.37F + 0.0F;
  for (float& value : few) value = 0.1F * static_cast<float>(rng() % 3);
  for (const std::vector<float>& values : {normal_values(300), halves, integers, few}) {
    const KeptValues kept = in_rows(values, 30);
    const CodedValues coded = encode_values(kept, kFormatVersion);
    for (std::size_t bit = 0; bit < coded.bytes.size() * 8; ++bit) {
      Bytes changed = coded.bytes;
      changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      try {
        const KeptValues other = decode(changed, coded.coding, kept.rows);
        ASSERT_EQ(encode_values(other, kFormatVersion).bytes, changed) << "bit " << bit;
      } catch (const FileError&) {
      }
    }
  }
}

}  // namespace
}  // namespace karnin
