#include "formats/coding/tensor_codec.h"

#include <gmock/gmock.h>

#include <cmath>

#include "formats/coding/padding.h"
#include "tests/support/error_message.h"
#include "tests/support/random_model.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

Parameter random_parameter(Dims dims, std::mt19937& rng) {
  std::normal_distribution<float> normal;
  Parameter parameter{"w", Tensor(std::move(dims)), {}};
  for (float& value : parameter.value.span()) value = normal(rng);
  return parameter;
}

Bytes encode(const Parameter& parameter) {
  ByteWriter writer;
  encode_parameter(parameter, writer);
  return writer.take();
}

Parameter decode(std::span<const std::uint8_t> bytes, const Dims& dims) {
  return decode_parameter(ByteReader(bytes, "file"), {"w", 0, Role::weight, dims});
}

TEST(TensorCodec, RoundTripsAnyDensityAndShape) {
  std::mt19937 rng(7);
  for (const Dims& dims :
       {Dims{1}, Dims{9}, Dims{7, 1}, Dims{1, 64}, Dims{5, 3, 2, 2}, Dims{70, 1000}})
    for (const double density : {0.0, 0.001, 0.05, 0.3, 0.9, 1.0}) {
      Parameter parameter = random_parameter(dims, rng);
      EXPECT_EQ(decode(encode(parameter), dims), parameter) << "dense";
      test::prune_randomly(parameter, density, rng);
      EXPECT_EQ(decode(encode(parameter), dims), parameter) << density;
    }
}

TEST(TensorCodec, KeepsTheSignOfZero) {
  Parameter parameter{"w", Tensor({3}), {1, 0, 1}};
  parameter.value.data()[2] = -0.0F;
  EXPECT_TRUE(std::signbit(decode(encode(parameter), {3}).value.data()[2]));
  parameter.mask.clear();
  EXPECT_TRUE(std::signbit(decode(encode(parameter), {3}).value.data()[2]));
}

/// f32 weights, as they come out of pruning: at most 3 % above the entropy of the positions, and
/// the bits of the values.
TEST(TensorCodec, SparseTensorsTakeLittleMoreThanTheirEntropy) {
  std::mt19937 rng(11);
  for (const Dims& dims : {Dims{120, 400}, Dims{1024, 1024}})
    for (const double sparsity : {0.5, 0.7, 0.8, 0.9, 0.95, 0.98}) {
      Parameter parameter = random_parameter(dims, rng);
      test::prune_randomly(parameter, 1 - sparsity, rng);
      const double n = static_cast<double>(parameter.value.size());
      const double entropy =
          -n * (sparsity * std::log2(sparsity) + (1 - sparsity) * std::log2(1 - sparsity));
      EXPECT_LE(8.0 * static_cast<double>(encode(parameter).size()),
                1.03 * entropy + 32.0 * static_cast<double>(count_nonzero(parameter)))
          << sparsity;
    }
}

TEST(TensorCodec, BoundsWeightsPerByte) {
  Parameter empty{"w", Tensor({400, 400}), Mask(160'000, 0)};
  const Bytes bytes = encode(empty);
  EXPECT_EQ(bytes.size(), 160'000U / kMaxElementsPerByte) << "filled up with zeros";
  EXPECT_EQ(decode(bytes, {400, 400}), empty);
  EXPECT_THAT(error_message<FileError>([&] { decode(bytes, {1 << 20, 1 << 11}); }),
              HasSubstr("w: expected at least 8388608 bytes for 2147483648 weights, got 625"));
  Bytes other = bytes;
  other.back() = 1;
  EXPECT_THAT(error_message<FileError>([&] { decode(other, {400, 400}); }), HasSubstr("zeros"));
  other.back() = 0;
  other.push_back(0);
  EXPECT_THAT(error_message<FileError>([&] { decode(other, {400, 400}); }), HasSubstr("its end"));
}

TEST(TensorCodec, RefusesUnknownEncodings) {
  for (const std::uint8_t byte : {0x05, 0x40, 0x80, 0xFF})
    EXPECT_THAT(error_message<FileError>([&] { decode(Bytes{byte, 0, 0}, {2}); }),
                HasSubstr("w: tensor encoding: expected two that there are"));
  EXPECT_THAT(error_message<FileError>([&] { decode(Bytes{0x50, 0, 0}, {2}); }),
              HasSubstr("w: values: coding 5 is for large tensors"));
  EXPECT_THAT(error_message<FileError>([&] { decode({}, {2}); }), HasSubstr("at least 1 bytes"));
}

TEST(TensorCodec, RefusesEveryTruncationAndExtension) {
  const Model model = test::packed_model();
  for (const Parameter& parameter : model.parameters) {
    Bytes bytes = encode(parameter);
    const Dims& dims = parameter.value.dims();
    for (std::size_t length = 0; length < bytes.size(); ++length)
      EXPECT_THROW(decode(std::span(bytes).first(length), dims), FileError);
    bytes.push_back(0);
    EXPECT_THROW(decode(bytes, dims), FileError);
  }
}

/// The entropy that `inspect` shows, for a tensor small enough to work out by hand.
TEST(TensorCodec, TellsTheEntropy) {
  Parameter parameter{"w", Tensor({1, 8}), {1, 1, 0, 0, 0, 0, 0, 0}};
  parameter.value.data()[0] = 1.5F;
  const Bytes bytes = encode(parameter);
  const TensorForm form = form_of(ByteReader(bytes, "file"), parameter, kFormatVersion);
  const double positions = 2 * std::log2(8.0 / 2) + 6 * std::log2(8.0 / 6);
  EXPECT_EQ(form.encoding, "bit mask, 1-bit mantissa");
  const double exponents = 2;  // 1.5 and 0 have two of them, one bit each
  EXPECT_DOUBLE_EQ(form.bound_bits, positions + exponents + 2 * 2) << "a sign and a bit each";
}

}  // namespace
}  // namespace karnin
