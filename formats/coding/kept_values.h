// The values of the weights that a tensor kept, and what all codings of them ask: which bits are in
// use, which scale a row has, which values there are. Normative: FORMAT.md, "Values".
#pragma once

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "formats/coding/float_coder.h"
#include "formats/io/byte_reader.h"

namespace karnin {

/// The kept weights in ascending position; rows[r] of them belong to row r.
struct KeptValues {
  std::vector<float> values;
  std::vector<std::size_t> rows;
};

inline constexpr std::size_t kMaxCodebook = 256;

inline std::uint32_t bits_of(float value) { return std::bit_cast<std::uint32_t>(value); }

/// Throws FileError for NaN and infinity.
void require_finite(const ByteReader& at, std::span<const float> values);

/// Throws FileError for more than kMaxMantissaBits.
int read_mantissa_bits(ByteReader& reader);

/// `mantissa` is as the file has it: no larger than need be, or FileError.
void require_mantissa_bits(const ByteReader& at, int mantissa, std::span<const float> values);

void encode_all(std::span<const float> values, FloatCoder& coder, RangeEncoder& encoder);

/// Fills `values`. Throws FileError for values that aren't finite or need fewer bits of mantissa.
void decode_all(const ByteReader& at, int mantissa, std::span<float> values, FloatCoder& coder,
                RangeDecoder& decoder);

/// The number of mantissa bits and a stream of the values.
std::vector<std::uint8_t> encode_floats(std::span<const float> values);

/// Fills `values` with what encode_floats() wrote. Throws FileError for anything else.
void decode_floats(ByteReader& reader, std::span<float> values, std::string_view field);

/// The scale of every row, if every row has one.
std::optional<std::vector<float>> row_scales(const KeptValues& kept);

/// Throws FileError unless `scales` are the ones that these values have.
void require_scales(const ByteReader& at, std::span<const float> scales,
                    const std::optional<std::vector<float>>& expected);

/// -127 to 127; exact, for value is a multiple of scale.
inline int integer_of(float value, float scale) {
  return value == 0 ? 0 : static_cast<int>(value / scale);
}

/// The product; +0 for 0, whatever the scale. Throws FileError where it is 0 without need.
inline float scaled(const ByteReader& at, int integer, float scale) {
  if (integer == 0) return 0.0F;
  if (scale == 0) at.fail(fmt::format("integers: expected 0 in a row of scale 0, got {}", integer));
  return static_cast<float>(integer) * scale;
}

/// The distinct values in ascending bit pattern; empty if there are too many for a codebook.
std::vector<float> distinct(std::span<const float> values);

/// The number of an entry that is there.
std::uint8_t index_of(std::span<const float> entries, float value);

/// Throws FileError unless the entries of a codebook are used, all of them and nothing behind them.
void require_used(const ByteReader& at, const std::array<bool, kMaxCodebook>& used,
                  std::size_t entries);

/// Throws FileError unless the entries ascend as distinct() gives them.
void require_ascending(const ByteReader& at, std::span<const float> entries);

}  // namespace karnin
