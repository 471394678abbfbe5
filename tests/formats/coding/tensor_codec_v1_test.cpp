#include "formats/coding/tensor_codec_v1.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/error_message.h"
#include "tests/support/random_model.h"
#include "tests/support/v1_writer.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

ParameterSpec spec_of(std::int64_t size) { return {"w", 0, Role::weight, {size}}; }

/// All ones, pruned everywhere but at `kept`.
Parameter masked(std::int64_t size, const std::vector<std::int64_t>& kept) {
  Parameter parameter{"w", Tensor({size}), Mask(static_cast<std::size_t>(size), 0)};
  for (const std::int64_t i : kept) {
    parameter.mask[static_cast<std::size_t>(i)] = 1;
    parameter.value.data()[i] = static_cast<float>(i) + 1.0F;
  }
  return parameter;
}

std::vector<std::uint8_t> encode_v1(const Parameter& parameter) {
  ByteWriter writer;
  test::encode_parameter_v1(parameter, writer);
  return writer.take();
}

Parameter decode_v1(std::span<const std::uint8_t> bytes, std::int64_t size) {
  return v1::decode_parameter(ByteReader(bytes, "file"), spec_of(size));
}

std::vector<std::int64_t> every(std::int64_t step, std::int64_t end) {
  std::vector<std::int64_t> indices;
  for (std::int64_t i = 0; i < end; i += step) indices.push_back(i);
  return indices;
}

TEST(TensorCodecV1, RoundTripsAnyDensityAndSize) {
  std::mt19937 rng(7);
  for (const std::int64_t size : {1, 2, 7, 8, 9, 63, 64, 65, 1000, 70'000})
    for (const double density : {0.0, 0.001, 0.01, 0.05, 0.1, 0.3, 0.9, 1.0}) {
      Parameter parameter{"w", Tensor({size}), {}};
      for (float& value : parameter.value.span()) value = static_cast<float>(rng() % 5) - 2.0F;
      EXPECT_EQ(decode_v1(encode_v1(parameter), size), parameter) << "dense " << size;
      test::prune_randomly(parameter, density, rng);
      EXPECT_EQ(decode_v1(encode_v1(parameter), size), parameter) << size << " at " << density;
    }
}

TEST(TensorCodecV1, KeepsTheSignOfZero) {
  Parameter parameter = masked(3, {0, 2});
  parameter.value.data()[2] = -0.0F;
  EXPECT_TRUE(std::signbit(decode_v1(encode_v1(parameter), 3).value.data()[2]));
  parameter.mask.clear();
  EXPECT_TRUE(std::signbit(decode_v1(encode_v1(parameter), 3).value.data()[2]));
}

TEST(TensorCodecV1, ChoosesTheSmallestEncoding) {
  const auto choice = [](std::int64_t size, const std::vector<std::int64_t>& kept) {
    return v1::choose_encoding(masked(size, kept).mask);
  };
  EXPECT_EQ(v1::choose_encoding({}), v1::TensorEncoding::dense);
  EXPECT_EQ(choice(1000, every(1, 1000)), v1::TensorEncoding::bit_mask);
  EXPECT_EQ(choice(1000, every(8, 1000)), v1::TensorEncoding::bit_mask)
      << "125 bytes each: the first";
  EXPECT_EQ(choice(1000, every(9, 1000)), v1::TensorEncoding::gaps8);
  EXPECT_EQ(choice(10'000, every(150, 10'000)), v1::TensorEncoding::gaps8);
  EXPECT_EQ(choice(10'000, every(170, 10'000)), v1::TensorEncoding::bit_mask)
      << "gaps would be smaller, but 10,000 exceeds 32 times their 300 bytes";
  std::vector<std::int64_t> kept = every(20, 5'000);
  kept.push_back(kept.back() + 256);
  EXPECT_EQ(choice(8'000, kept), v1::TensorEncoding::gaps8) << "one gap of 255";
  kept.back() += 1;
  EXPECT_EQ(choice(8'000, kept), v1::TensorEncoding::gaps16);
  kept = every(1, 400);
  kept.push_back(400 + 65'535);
  EXPECT_EQ(choice(70'000, kept), v1::TensorEncoding::gaps16);
  kept.back() += 1;
  EXPECT_EQ(choice(70'000, kept), v1::TensorEncoding::gaps32);
}

TEST(TensorCodecV1, BoundsWeightsPerByte) {
  // Nothing kept: five bytes as gaps, which may stand for at most 160 weights.
  EXPECT_EQ(encode_v1(masked(160, {})).size(), 5U);
  EXPECT_EQ(encode_v1(masked(161, {})).size(), 5U + 21U);
  const std::vector<std::uint8_t> bomb{2, 0, 0, 0, 0};
  EXPECT_THAT(error_message<FileError>([&] { decode_v1(bomb, kMaxElements); }),
              HasSubstr("(file, byte 1)"));
}

TEST(TensorCodecV1, RefusesWhatTheWriterNeverWrites) {
  const auto refusal = [](const std::vector<std::uint8_t>& bytes, std::int64_t size) {
    return error_message<FileError>([&] { decode_v1(bytes, size); });
  };
  EXPECT_THAT(refusal({}, 2), HasSubstr("tensor encoding: expected 1 bytes, got 0"));
  EXPECT_THAT(refusal({5}, 2), HasSubstr("expected 0 to 4, got 5"));
  EXPECT_THAT(refusal({0, 0, 0, 0, 0}, 2), HasSubstr("expected 8 bytes of values, got 4"));
  EXPECT_THAT(refusal({0, 0, 0, 0, 0, 0, 0}, 1), HasSubstr("expected 4 bytes of values, got 6"));
  EXPECT_THAT(refusal({1, 3, 0, 0, 0, 7}, 2), HasSubstr("kept weights: expected at most 2, got 3"));
  EXPECT_THAT(refusal({1, 255, 255, 255, 255, 7}, 2), HasSubstr("got 4294967295"));
  EXPECT_THAT(refusal({1, 1, 0, 0, 0, 3, 0, 0, 0, 0}, 9), HasSubstr("expected 11 bytes"));
  // Bit masks: two bits for one weight, none for one, a bit beyond the last of 9 weights.
  EXPECT_THAT(refusal({1, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0}, 9), HasSubstr("expected 1 bits set"));
  EXPECT_THAT(refusal({1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 9), HasSubstr("expected 1 bits set"));
  EXPECT_THAT(refusal({1, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0}, 9), HasSubstr("0 of them inside"));
  // Gaps: a position behind the end, at once or by a sum.
  EXPECT_THAT(refusal({2, 1, 0, 0, 0, 9, 0, 0, 0, 0}, 9), HasSubstr("position below 9, got 9"));
  EXPECT_THAT(refusal({2, 2, 0, 0, 0, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0}, 9), HasSubstr("got 9"));
  EXPECT_THAT(refusal({4, 1, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0}, 9), HasSubstr("position"));
  // Sound, but another encoding is the canonical one.
  EXPECT_THAT(refusal({3, 1, 0, 0, 0, 1, 0, 0, 0, 128, 63}, 20), HasSubstr("not the canonical"));
  EXPECT_THAT(refusal({2, 2, 0, 0, 0, 1, 0, 0, 0, 128, 63, 0, 0, 128, 63}, 8),
              HasSubstr("not the canonical"));
  // Infinity.
  EXPECT_THAT(refusal({0, 0, 0, 128, 127}, 1), HasSubstr("finite"));
  EXPECT_THAT(refusal({2, 1, 0, 0, 0, 0, 0, 0, 128, 127}, 20), HasSubstr("(file, byte 6)"));
}

TEST(TensorCodecV1, RefusesEveryTruncationAndExtension) {
  for (const Parameter& parameter :
       {masked(20, {3}), masked(5, {0, 1, 4}), Parameter{"w", Tensor({3}), {}}}) {
    std::vector<std::uint8_t> bytes = encode_v1(parameter);
    for (std::size_t length = 0; length < bytes.size(); ++length)
      EXPECT_THROW(decode_v1(std::span(bytes).first(length), parameter.value.size()), FileError);
    bytes.push_back(0);
    EXPECT_THROW(decode_v1(bytes, parameter.value.size()), FileError);
  }
}

}  // namespace
}  // namespace karnin
