#include "formats/coding/value_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <optional>

#include "formats/coding/float_coder.h"
#include "formats/coding/kept_values.h"
#include "formats/coding/large_tensor.h"
#include "formats/coding/large_values.h"
#include "formats/io/byte_writer.h"

namespace karnin {
namespace {

using Bytes = std::vector<std::uint8_t>;

// --- integers

Bytes encode_integers(const KeptValues& kept, const std::vector<float>& scales) {
  const int mantissa = mantissa_bits_of(scales);
  FloatCoder coder(mantissa);
  AdaptiveNumber numbers;
  RangeEncoder encoder;
  encode_all(scales, coder, encoder);
  auto value = kept.values.begin();
  for (std::size_t r = 0; r < scales.size(); ++r)
    for (std::size_t i = 0; i < kept.rows[r]; ++i)
      numbers.encode(encoder, static_cast<std::uint8_t>(integer_of(*value++, scales[r])), 8);
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
    for (std::size_t i = 0; i < kept.rows[r]; ++i)
      *value++ = scaled(at, static_cast<std::int8_t>(numbers.decode(decoder, 8)), scales[r]);
  decoder.finish(reader, "values");
  require_finite(at, kept.values);
  require_scales(at, scales, row_scales(kept));
}

// --- codebook

int index_bits(std::size_t entries) { return static_cast<int>(std::bit_width(entries - 1)); }

Bytes encode_codebook(std::span<const float> values, const std::vector<float>& entries) {
  const int mantissa = mantissa_bits_of(entries);
  FloatCoder coder(mantissa);
  AdaptiveNumber indices;
  RangeEncoder encoder;
  encode_all(entries, coder, encoder);
  for (const float value : values)
    indices.encode(encoder, index_of(entries, value), index_bits(entries.size()));
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(entries.size() - 1));
  writer.write(static_cast<std::uint8_t>(mantissa));
  writer.bytes(encoder.finish());
  return writer.take();
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
  require_ascending(at, std::span(entries).first(size));
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

/// The coding of the same symbols in smaller tensors.
ValueCoding small_form(ValueCoding coding) {
  const int number = static_cast<int>(coding), least = static_cast<int>(ValueCoding::large_floats);
  return number < least ? coding : static_cast<ValueCoding>(number - least + 1);
}

}  // namespace

std::optional<Bytes> encode_values_as(ValueCoding coding, const KeptValues& kept) {
  if (coding >= ValueCoding::large_floats) return encode_large_values_as(coding, kept);
  if (coding == ValueCoding::plain) return encode_plain(kept.values);
  if (coding == ValueCoding::floats) return encode_floats(kept.values);
  if (coding == ValueCoding::integers) {
    const auto scales = row_scales(kept);
    return scales ? std::optional(encode_integers(kept, *scales)) : std::nullopt;
  }
  const std::vector<float> entries = distinct(kept.values);
  return entries.empty() ? std::nullopt : std::optional(encode_codebook(kept.values, entries));
}

CodedValues encode_values(const KeptValues& kept, std::uint32_t version) {
  using enum ValueCoding;
  if (is_large(kept.values.size(), version)) return encode_large_values(kept);
  CodedValues best{plain, encode_plain(kept.values)};
  for (const ValueCoding coding : {floats, integers, codebook}) {
    std::optional<Bytes> bytes = encode_values_as(coding, kept);
    if (bytes && bytes->size() < best.bytes.size()) best = {coding, std::move(*bytes)};
  }
  return best;
}

void decode_values(ByteReader& reader, ValueCoding coding, KeptValues& kept,
                   std::uint32_t version) {
  if (is_large(kept.values.size(), version)) return decode_large_values(reader, coding, kept);
  if (coding > ValueCoding::codebook)
    reader.fail(fmt::format("values: coding {} is for large tensors", static_cast<int>(coding)));
  if (coding == ValueCoding::plain) reader.floats(kept.values, "values");
  if (coding == ValueCoding::floats) decode_floats(reader, kept.values, "values");
  if (coding == ValueCoding::integers) decode_integers(reader, kept);
  if (coding == ValueCoding::codebook) decode_codebook(reader, kept.values);
}

std::string describe_values(ByteReader reader, ValueCoding coding) {
  coding = small_form(coding);
  if (coding == ValueCoding::plain) return "f32";
  if (coding == ValueCoding::integers) return "int8 by row";
  const int first = reader.read<std::uint8_t>("values");
  if (coding == ValueCoding::codebook) return fmt::format("codebook of {}", first + 1);
  return first == kMaxMantissaBits ? "f32" : fmt::format("{}-bit mantissa", first);
}

double entropy_bits(const KeptValues& kept, ValueCoding coding) {
  coding = small_form(coding);
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
      for (std::size_t i = 0; i < kept.rows[r]; ++i)
        counts[static_cast<std::uint8_t>(integer_of(*value++, scales[r]))] += 1;
  }
  if (coding == ValueCoding::codebook)
    for (const float value : values) counts[bits_of(value)] += 1;
  const auto total = static_cast<double>(values.size());
  double bits = direct * total;
  for (const auto& [symbol, count] : counts) bits += count * std::log2(total / count);
  return bits;
}

}  // namespace karnin
