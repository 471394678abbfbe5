#include "formats/coding/mask_codec.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "formats/coding/rice.h"
#include "formats/io/byte_writer.h"
#include "formats/io/container.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

Mask random_mask(std::size_t size, double density, std::uint32_t seed) {
  std::mt19937 rng(seed);
  Mask mask(size);
  for (auto& kept : mask) kept = std::generate_canonical<double, 32>(rng) < density ? 1 : 0;
  return mask;
}

Mask decode(const Bytes& bytes, PositionCoding coding, std::size_t elements, std::size_t rows,
            std::uint32_t version = kFormatVersion) {
  ByteReader reader(bytes, "file");
  Mask mask = decode_mask(reader, coding, elements, rows, version);
  reader.expect_end("mask");
  return mask;
}

CodedMask encode(const Mask& mask, std::size_t rows, std::uint32_t version = kFormatVersion) {
  return encode_mask(mask, rows, version);
}

void expect_round_trip(const Mask& mask, std::size_t rows) {
  for (const std::uint32_t version : {2U, 3U}) {
    const CodedMask coded = encode(mask, rows, version);
    ASSERT_EQ(decode(coded.bytes, coded.coding, mask.size(), rows, version), mask)
        << mask.size() << " in " << rows << " rows, version " << version;
  }
}

/// n H(p) of the density that the masks were drawn from, in bits.
double ideal_bits(std::size_t n, double p) {
  return -static_cast<double>(n) * (p * std::log2(p) + (1 - p) * std::log2(1 - p));
}

TEST(MaskCodec, RoundTripsAnyDensityAndShape) {
  std::uint32_t seed = 0;
  for (const std::size_t rows : {1, 2, 7, 64})
    for (const std::size_t columns : {1, 2, 8, 31, 400, 30'001})
      for (const double density : {0.0, 0.01, 0.1, 0.5, 0.95, 1.0})
        expect_round_trip(random_mask(rows * columns, density, ++seed), rows);
}

TEST(MaskCodec, EntropyIsThatOfTheShareOfOnes) {
  EXPECT_EQ(entropy_bits(Mask{}), 0);
  EXPECT_EQ(entropy_bits(Mask{0, 0, 0}), 0);
  EXPECT_EQ(entropy_bits(Mask{1, 1}), 0);
  EXPECT_EQ(entropy_bits(Mask{1, 0, 0, 1}), 4);
}

TEST(MaskCodec, IndependentWeightsTakeTheirEntropy) {
  for (const double sparsity : {0.5, 0.7, 0.8, 0.9, 0.95, 0.98})
    for (const auto& [rows, columns] : {std::pair{120, 400}, std::pair{1024, 1024}}) {
      const auto size = static_cast<std::size_t>(rows * columns);
      const Mask mask = random_mask(size, 1 - sparsity, 17);
      for (const std::uint32_t version : {2U, 3U}) {
        const CodedMask coded = encode(mask, static_cast<std::size_t>(rows), version);
        const double bits = 8.0 * static_cast<double>(coded.bytes.size());
        EXPECT_LE(bits, 1.03 * ideal_bits(size, 1 - sparsity)) << sparsity << ", " << rows;
        EXPECT_GE(bits, 0.999 * entropy_bits(mask)) << "nobody beats the entropy";
      }
    }
}

TEST(MaskCodec, RowsAndColumnsThatLostManyWillLoseMore) {
  std::mt19937 rng(8);
  Mask mask(100 * 200);
  for (std::size_t i = 0; i < mask.size(); ++i) {
    const double density = (i / 200 % 4 == 0 ? 0.3 : 0.03) * (i % 200 % 3 == 0 ? 1.5 : 0.75);
    mask[i] = std::generate_canonical<double, 32>(rng) < density ? 1 : 0;
  }
  const CodedMask coded = encode(mask, 100);
  EXPECT_EQ(coded.coding, PositionCoding::arithmetic);
  EXPECT_LT(8.0 * static_cast<double>(coded.bytes.size()), 0.87 * entropy_bits(mask));
}

TEST(MaskCodec, EveryCodingIsTheShortestSomewhere) {
  EXPECT_EQ(encode({}, 1).coding, PositionCoding::all);
  EXPECT_EQ(encode(random_mask(48'000, 0.5, 1), 120).coding, PositionCoding::bits);
  EXPECT_EQ(encode(random_mask(48'000, 0.1, 1), 120).coding, PositionCoding::arithmetic);
  EXPECT_EQ(encode(random_mask(300, 0.02, 1), 3).coding, PositionCoding::rice);
  EXPECT_EQ(encode(Mask(1000, 0), 10).bytes, (Bytes{0, 0})) << "none kept, Rice parameter 0";
}

/// Half of all masks' rows keep twice as much as the others.
Mask striped_mask(std::size_t rows, std::size_t columns, double density) {
  std::mt19937 rng(4);
  Mask mask(rows * columns);
  for (std::size_t i = 0; i < mask.size(); ++i) {
    const double p = density * (i / columns % 2 == 0 ? 4.0 / 3 : 2.0 / 3);
    mask[i] = std::generate_canonical<double, 32>(rng) < p ? 1 : 0;
  }
  return mask;
}

TEST(MaskCodec, LargeTensorsPreferTheFasterCoding) {
  using enum PositionCoding;
  const auto coding = [](const Mask& mask, std::size_t rows) { return encode(mask, rows).coding; };
  EXPECT_EQ(coding(random_mask(1 << 18, 0.1, 1), 512), symbols);
  EXPECT_EQ(coding(random_mask(1 << 18, 0.9, 1), 512), symbols);
  EXPECT_EQ(coding(random_mask(1 << 18, 0.5, 1), 512), bits);
  EXPECT_EQ(coding(random_mask(1 << 21, 0.01, 1), 512), arithmetic) << "few in each eight";
  EXPECT_EQ(coding(striped_mask(512, 512, 0.3), 512), arithmetic) << "rows tell a lot";
  EXPECT_EQ(coding(random_mask(1 << 18, 0.05, 1), 512), arithmetic) << "not large";
  EXPECT_EQ(encode(random_mask(1 << 18, 0.1, 1), 512, 2).coding, arithmetic) << "version 2";
  EXPECT_EQ(coding(random_mask(1 << 17, 0.25, 1), 1 << 13), symbols) << "short rows, by chance";
  EXPECT_EQ(coding(random_mask(1 << 17, 0.25, 1), 1), symbols) << "one row";
}

TEST(MaskCodec, LargeAndOtherTensorsHaveCodingsOfTheirOwn) {
  using enum PositionCoding;
  const auto refusal = [](const Mask& mask, PositionCoding coding, std::uint32_t version) {
    const Bytes bytes = encode_mask_as(coding, mask, 512);
    return error_message<FileError>([&] { decode(bytes, coding, mask.size(), 512, version); });
  };
  const Mask large = random_mask(1 << 18, 0.1, 1), small = random_mask(1 << 13, 0.1, 1);
  EXPECT_THAT(refusal(large, rice, 3), HasSubstr("positions: coding 2 is not for such a tensor"));
  EXPECT_THAT(refusal(large, symbols, 2), HasSubstr("positions: coding 4 "));
  EXPECT_THAT(refusal(small, symbols, 3), HasSubstr("positions: coding 4 "));
  // The last byte of the symbols holds bits that stand for no weight.
  const CodedMask coded = encode(random_mask(1 << 18, 0.9, 2), 1);
  EXPECT_THAT(error_message<FileError>([&] { decode(coded.bytes, symbols, (1 << 18) - 3, 1); }),
              ::testing::AnyOf(HasSubstr("zeros behind"), HasSubstr("not an encoder's")));
}

TEST(MaskCodec, RefusesWhatTheWriterNeverWrites) {
  const auto refusal = [](PositionCoding coding, const Bytes& bytes, std::size_t elements) {
    return error_message<FileError>([&] { decode(bytes, coding, elements, 1); });
  };
  using enum PositionCoding;
  EXPECT_THAT(refusal(bits, {}, 8), HasSubstr("kept weights: expected 1 bytes"));
  EXPECT_THAT(refusal(bits, {9, 255}, 8), HasSubstr("expected at most 8, got 9"));
  EXPECT_THAT(refusal(bits, {0x81, 0x00, 1}, 8), HasSubstr("shortest form"));
  EXPECT_THAT(refusal(bits, {3}, 8), HasSubstr("bit mask: expected 1 bytes"));
  EXPECT_THAT(refusal(bits, {3, 0b0011}, 8), HasSubstr("kept weights: expected 3, got 2"));
  EXPECT_THAT(refusal(bits, {3, 0b1011}, 3), HasSubstr("expected zeros behind its 3 bits"));
  EXPECT_THAT(refusal(rice, {1, 32, 0}, 8), HasSubstr("Rice parameter: expected at most 31"));
  EXPECT_THAT(refusal(rice, {1, 0}, 99), HasSubstr("gaps: they need more"));
  EXPECT_THAT(refusal(rice, {1, 0, 0xFF}, 7), HasSubstr("expected a position below 7"));
  EXPECT_THAT(refusal(rice, {1, 1, 0b100}, 99), HasSubstr("expected zeros behind their 2 bits"));
  EXPECT_THAT(refusal(rice, {1, 1, 0b00}, 99), HasSubstr("Rice parameter: expected 0, got 1"));
  EXPECT_THAT(refusal(arithmetic, {0, 0, 0}, 99), HasSubstr("end too early"));
  EXPECT_THAT(refusal(arithmetic, {1, 255, 255, 255, 255}, 99), HasSubstr("not an encoder's"));
}

/// By hand, from FORMAT.md: bits where gaps take two bytes, and gaps where bits take one.
TEST(MaskCodec, ReadsCodingsThatAreNotTheShortest) {
  using enum PositionCoding;
  Mask one_of_24(24, 0);
  one_of_24[0] = 1;
  EXPECT_EQ(decode({1, 1, 0, 0}, bits, 24, 1), one_of_24);
  EXPECT_EQ(encode(one_of_24, 1).bytes, (Bytes{1, 0, 0}));
  EXPECT_EQ(decode({2, 0, 0}, rice, 8, 1), (Mask{1, 1, 0, 0, 0, 0, 0, 0}));
}

bool is_large(const Mask& mask, std::uint32_t version) {
  return version == 3 && std::ranges::count(mask, 1) >= 16'384;
}

std::vector<PositionCoding> codings_of(const Mask& mask, std::uint32_t version) {
  using enum PositionCoding;
  if (is_large(mask, version)) return {bits, arithmetic, symbols};
  return {bits, rice, arithmetic};
}

/// Of large masks bits alone are a rival: which of the other two it is, a rule says.
void expect_shortest(const Mask& mask, std::size_t rows, std::uint32_t version) {
  const CodedMask coded = encode(mask, rows, version);
  for (const PositionCoding coding : codings_of(mask, version)) {
    const Bytes bytes = encode_mask_as(coding, mask, rows);
    ASSERT_EQ(decode(bytes, coding, mask.size(), rows, version), mask);
    if (is_large(mask, version) && coding != PositionCoding::bits) continue;
    ASSERT_LE(std::pair(coded.bytes.size(), coded.coding), std::pair(bytes.size(), coding));
  }
}

TEST(MaskCodec, EveryCodingHoldsEveryMaskAndTheWriterTakesTheShortest) {
  std::uint32_t seed = 100;
  for (const std::size_t rows : {1, 3, 64})
    for (const std::size_t columns : {1, 9, 500, 3000})
      for (const double density : {0.0, 0.02, 0.2, 0.5, 1.0})
        for (const std::uint32_t version : {2U, 3U}) {
          expect_shortest(random_mask(rows * columns, density, ++seed), rows, version);
          expect_shortest(striped_mask(rows, columns, 0.75 * density), rows, version);
        }
}

/// A bit of every byte, in all codings: refused, or the one form of another mask.
TEST(MaskCodec, ChangedBitsAreRefusedOrTheFormOfTheirCoding) {
  const Mask mask = random_mask(700, 0.1, 5);
  for (const PositionCoding coding : codings_of(mask, kFormatVersion)) {
    const Bytes original = encode_mask_as(coding, mask, 7);
    for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
      Bytes changed = original;
      changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      try {
        ASSERT_EQ(encode_mask_as(coding, decode(changed, coding, mask.size(), 7), 7), changed);
      } catch (const FileError&) {
      }
    }
  }
}

/// The best parameter by trying them all, the size by counting bits.
TEST(Rice, TakesTheBestParameter) {
  std::mt19937 rng(3);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::uint32_t> gaps(rng() % 20);
    for (auto& gap : gaps) gap = static_cast<std::uint32_t>(rng() >> (rng() % 32)) >> 1;
    std::uint64_t least = ~std::uint64_t{0};
    int best = 0;
    for (int parameter = 31; parameter >= 0; --parameter) {
      std::uint64_t bits = 0;
      for (const std::uint32_t gap : gaps)
        bits += (std::uint64_t{gap} >> parameter) + 1 + static_cast<std::uint64_t>(parameter);
      if (bits <= least) best = parameter;
      least = std::min(least, bits);
    }
    ASSERT_EQ(best_rice_parameter(gaps), best);
    ByteWriter writer;
    encode_rice(gaps, writer);
    ASSERT_EQ(writer.span().size(), 1 + (least + 7) / 8);
  }
}

}  // namespace
}  // namespace karnin
