#include "formats/value_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <optional>
#include <unordered_set>

#include "formats/byte_writer.h"
#include "formats/float_coder.h"
#include "formats/row_scale.h"

namespace karnin {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kMaxCodebook = 256;

std::uint32_t bits_of(float value) { return std::bit_cast<std::uint32_t>(value); }

void encode_all(std::span<const float> values, FloatCoder& coder, RangeEncoder& encoder) {
  for (const float value : values) coder.encode(encoder, value);
}

// --- floats

Bytes encode_floats(std::span<const float> values) {
  const int mantissa = mantissa_bits_of(values);
  FloatCoder coder(mantissa);
  RangeEncoder encoder;
  encode_all(values, coder, encoder);
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(mantissa));
  writer.bytes(encoder.finish());
  return writer.take();
}

int read_mantissa_bits(ByteReader& reader) {
  const ByteReader at = reader;
  const int bits = reader.read<std::uint8_t>("mantissa bits");
  if (bits > kMaxMantissaBits)
    at.fail(fmt::format("mantissa bits: expected at most {}, got {}", kMaxMantissaBits, bits));
  return bits;
}

void require_finite(const ByteReader& at, std::span<const float> values) {
  const auto bad = std::ranges::find_if_not(values, [](float x) { return std::isfinite(x); });
  if (bad != values.end())
    at.fail(fmt::format("values: expected finite ones, got {} at index {}", *bad,
                        bad - values.begin()));
}

/// `mantissa` is as the file has it: no larger than need be.
void decode_all(const ByteReader& at, int mantissa, std::span<float> values, FloatCoder& coder,
                RangeDecoder& decoder) {
  for (float& value : values) value = coder.decode(decoder);
  require_finite(at, values);
  if (const int needed = mantissa_bits_of(values); needed != mantissa)
    at.fail(fmt::format("mantissa bits: expected {}, got {}", needed, mantissa));
}

void decode_floats(ByteReader& reader, std::span<float> values) {
  const ByteReader at = reader;
  const int mantissa = read_mantissa_bits(reader);
  FloatCoder coder(mantissa);
  RangeDecoder decoder(reader);
  decode_all(at, mantissa, values, coder, decoder);
  decoder.finish(reader, "values");
}

// --- integers

/// The scale of every row, if every row has one.
std::optional<std::vector<float>> row_scales(const KeptValues& kept) {
  std::vector<float> scales;
  std::span<const float> rest = kept.values;
  for (const std::size_t size : kept.rows) {
    const std::optional<float> scale = row_scale(rest.first(size));
    if (!scale) return std::nullopt;
    scales.push_back(*scale);
    rest = rest.subspan(size);
  }
  return scales;
}

/// Numbers of two's complement; exact, for value is a multiple of scale.
std::uint32_t to_byte(float value, float scale) {
  return value == 0 ? 0 : static_cast<std::uint32_t>(static_cast<int>(value / scale)) & 0xFFU;
}

Bytes encode_integers(const KeptValues& kept, const std::vector<float>& scales) {
  const int mantissa = mantissa_bits_of(scales);
  FloatCoder coder(mantissa);
  AdaptiveNumber numbers;
  RangeEncoder encoder;
  encode_all(scales, coder, encoder);
  auto value = kept.values.begin();
  for (std::size_t r = 0; r < scales.size(); ++r)
    for (std::size_t i = 0; i < kept.rows[r]; ++i)
      numbers.encode(encoder, to_byte(*value++, scales[r]), 8);
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(mantissa));
  writer.bytes(encoder.finish());
  return writer.take();
}

void decode_integers(ByteReader& reader, KeptValues& kept) {
  const ByteReader at = reader;
  const int mantissa = read_mantissa_bits(reader);
  FloatCoder coder(mantissa);
  AdaptiveNumber numbers;
  RangeDecoder decoder(reader);
  std::vector<float> scales(kept.rows.size());
  decode_all(at, mantissa, scales, coder, decoder);
  auto value = kept.values.begin();
  for (std::size_t r = 0; r < scales.size(); ++r)
    for (std::size_t i = 0; i < kept.rows[r]; ++i) {
      const auto number = static_cast<std::int8_t>(numbers.decode(decoder, 8));
      *value++ = number == 0 ? 0.0F : static_cast<float>(number) * scales[r];
    }
  decoder.finish(reader, "values");
  require_finite(at, kept.values);
  const auto expected = row_scales(kept);
  if (!expected || !std::ranges::equal(*expected, scales, {}, bits_of, bits_of))
    at.fail("row scales: expected the largest that divide their rows");
}

// --- codebook

/// The distinct values, by bit pattern; empty if there are too many for a codebook.
std::vector<float> distinct(std::span<const float> values) {
  std::unordered_set<std::uint32_t> seen;
  for (const float value : values) {
    seen.insert(bits_of(value));
    if (seen.size() > kMaxCodebook) return {};
  }
  std::vector<float> entries;
  for (const std::uint32_t bits : seen) entries.push_back(std::bit_cast<float>(bits));
  std::ranges::sort(entries, {}, bits_of);
  return entries;
}

int index_bits(std::size_t entries) { return static_cast<int>(std::bit_width(entries - 1)); }

Bytes encode_codebook(std::span<const float> values, const std::vector<float>& entries) {
  const int mantissa = mantissa_bits_of(entries);
  FloatCoder coder(mantissa);
  AdaptiveNumber indices;
  RangeEncoder encoder;
  encode_all(entries, coder, encoder);
  for (const float value : values) {
    const auto entry = std::ranges::lower_bound(entries, bits_of(value), {}, bits_of);
    indices.encode(encoder, static_cast<std::uint32_t>(entry - entries.begin()),
                   index_bits(entries.size()));
  }
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(entries.size() - 1));
  writer.write(static_cast<std::uint8_t>(mantissa));
  writer.bytes(encoder.finish());
  return writer.take();
}

/// All entries, and nothing behind them.
void require_used(const ByteReader& at, const std::array<bool, kMaxCodebook>& used,
                  std::size_t entries) {
  for (std::size_t i = 0; i < used.size(); ++i)
    if (used[i] != (i < entries))
      at.fail(fmt::format("codebook: entry {} of {} is {}", i, entries,
                          used[i] ? "used but missing" : "never used"));
}

void decode_codebook(ByteReader& reader, std::span<float> values) {
  const ByteReader at = reader;
  const std::size_t size = std::size_t{reader.read<std::uint8_t>("codebook entries")} + 1;
  const int mantissa = read_mantissa_bits(reader);
  FloatCoder coder(mantissa);
  AdaptiveNumber indices;
  RangeDecoder decoder(reader);
  std::array<float, kMaxCodebook> entries{};
  decode_all(at, mantissa, std::span(entries).first(size), coder, decoder);
  for (std::size_t i = 1; i < size; ++i)
    if (bits_of(entries[i - 1]) >= bits_of(entries[i]))
      at.fail("codebook: expected entries in ascending order, each once");
  std::array<bool, kMaxCodebook> used{};
  for (float& value : values) {
    const std::uint32_t index = indices.decode(decoder, index_bits(size));
    value = entries[index];
    used[index] = true;
  }
  decoder.finish(reader, "values");
  require_used(at, used, size);
}

// --- the choice

Bytes encode_plain(std::span<const float> values) {
  ByteWriter writer;
  writer.floats(values);
  return writer.take();
}

/// Nothing where the coding cannot hold the values, or where it is certain to take more than
/// `worth` bytes.
std::optional<Bytes> try_encode(ValueCoding coding, const KeptValues& kept, std::size_t worth) {
  const std::span<const float> values = kept.values;
  if (coding == ValueCoding::plain) {
    if (values.size_bytes() > worth) return std::nullopt;
    return encode_plain(values);
  }
  if (coding == ValueCoding::floats) {
    const auto direct = static_cast<std::size_t>(mantissa_bits_of(values)) + 1;
    if (values.size() * direct / 8 > worth) return std::nullopt;
    return encode_floats(values);
  }
  if (coding == ValueCoding::integers) {
    const auto scales = row_scales(kept);
    return scales ? std::optional(encode_integers(kept, *scales)) : std::nullopt;
  }
  const std::vector<float> entries = distinct(values);
  return entries.empty() ? std::nullopt : std::optional(encode_codebook(values, entries));
}

constexpr ValueCoding kCodings[] = {ValueCoding::plain, ValueCoding::floats, ValueCoding::integers,
                                    ValueCoding::codebook};

void require_shortest(const ByteReader& at, ValueCoding coding, std::size_t size,
                      const KeptValues& kept) {
  for (const ValueCoding other : kCodings) {
    if (other == coding) continue;
    const std::optional<Bytes> bytes = try_encode(other, kept, size);
    if (bytes && (bytes->size() < size || (bytes->size() == size && other < coding)))
      at.fail(fmt::format("values: coding {} takes {} bytes, but {} only {}",
                          static_cast<int>(coding), size, static_cast<int>(other), bytes->size()));
  }
}

}  // namespace

CodedValues encode_values(const KeptValues& kept) {
  CodedValues best{ValueCoding::plain, encode_plain(kept.values)};
  for (const ValueCoding coding : kCodings) {
    std::optional<Bytes> bytes = try_encode(coding, kept, best.bytes.size());
    if (bytes && bytes->size() < best.bytes.size()) best = {coding, std::move(*bytes)};
  }
  return best;
}

void decode_values(ByteReader& reader, ValueCoding coding, KeptValues& kept) {
  const ByteReader start = reader;
  if (coding == ValueCoding::plain) reader.floats(kept.values, "values");
  if (coding == ValueCoding::floats) decode_floats(reader, kept.values);
  if (coding == ValueCoding::integers) decode_integers(reader, kept);
  if (coding == ValueCoding::codebook) decode_codebook(reader, kept.values);
  require_shortest(start, coding, start.remaining() - reader.remaining(), kept);
}

std::string describe_values(ByteReader reader, ValueCoding coding) {
  if (coding == ValueCoding::plain) return "f32";
  if (coding == ValueCoding::integers) return "int8 by row";
  const int first = reader.read<std::uint8_t>("values");
  if (coding == ValueCoding::codebook) return fmt::format("codebook of {}", first + 1);
  return first == kMaxMantissaBits ? "f32" : fmt::format("{}-bit mantissa", first);
}

double entropy_bits(const KeptValues& kept, ValueCoding coding) {
  const std::span<const float> values = kept.values;
  std::map<std::uint32_t, double> counts;
  double direct = coding == ValueCoding::plain ? 32 : 0;
  if (coding == ValueCoding::floats) {
    direct = mantissa_bits_of(values) + 1;
    for (const float value : values) counts[(bits_of(value) >> kMaxMantissaBits) & 0xFFU] += 1;
  }
  if (coding == ValueCoding::integers) {
    const std::vector<float> scales = row_scales(kept).value();
    auto value = values.begin();
    for (std::size_t r = 0; r < scales.size(); ++r)
      for (std::size_t i = 0; i < kept.rows[r]; ++i) counts[to_byte(*value++, scales[r])] += 1;
  }
  if (coding == ValueCoding::codebook)
    for (const float value : values) counts[bits_of(value)] += 1;
  const auto total = static_cast<double>(values.size());
  double bits = direct * total;
  for (const auto& [symbol, count] : counts) bits += count * std::log2(total / count);
  return bits;
}

}  // namespace karnin
