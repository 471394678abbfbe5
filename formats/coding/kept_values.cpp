#include "formats/coding/kept_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "formats/coding/row_scale.h"
#include "formats/io/byte_writer.h"

namespace karnin {

void require_finite(const ByteReader& at, std::span<const float> values) {
  const auto bad = std::ranges::find_if_not(values, [](float x) { return std::isfinite(x); });
  if (bad != values.end())
    at.fail(fmt::format("values: expected finite ones, got {} at index {}", *bad,
                        bad - values.begin()));
}

int read_mantissa_bits(ByteReader& reader) {
  const ByteReader at = reader;
  const int bits = reader.read<std::uint8_t>("mantissa bits");
  if (bits > kMaxMantissaBits)
    at.fail(fmt::format("mantissa bits: expected at most {}, got {}", kMaxMantissaBits, bits));
  return bits;
}

void require_mantissa_bits(const ByteReader& at, int mantissa, std::span<const float> values) {
  if (const int needed = mantissa_bits_of(values); needed != mantissa)
    at.fail(fmt::format("mantissa bits: expected {}, got {}", needed, mantissa));
}

void encode_all(std::span<const float> values, FloatCoder& coder, RangeEncoder& encoder) {
  for (const float value : values) coder.encode(encoder, value);
}

void decode_all(const ByteReader& at, int mantissa, std::span<float> values, FloatCoder& coder,
                RangeDecoder& decoder) {
  for (float& value : values) value = coder.decode(decoder);
  require_finite(at, values);
  require_mantissa_bits(at, mantissa, values);
}

std::vector<std::uint8_t> encode_floats(std::span<const float> values) {
  const int mantissa = mantissa_bits_of(values);
  FloatCoder coder(mantissa);
  RangeEncoder encoder;
  encode_all(values, coder, encoder);
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(mantissa));
  writer.bytes(encoder.finish());
  return writer.take();
}

void decode_floats(ByteReader& reader, std::span<float> values, std::string_view field) {
  const ByteReader at = reader;
  const int mantissa = read_mantissa_bits(reader);
  FloatCoder coder(mantissa);
  RangeDecoder decoder(reader);
  decode_all(at, mantissa, values, coder, decoder);
  decoder.finish(reader, field);
}

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

void require_scales(const ByteReader& at, std::span<const float> scales,
                    const std::optional<std::vector<float>>& expected) {
  if (!expected || !std::ranges::equal(*expected, scales, {}, bits_of, bits_of))
    at.fail("row scales: expected the largest that divide their rows");
}

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

void require_used(const ByteReader& at, const std::array<bool, kMaxCodebook>& used,
                  std::size_t entries) {
  for (std::size_t i = 0; i < used.size(); ++i)
    if (used[i] != (i < entries))
      at.fail(fmt::format("codebook: entry {} of {} is {}", i, entries,
                          used[i] ? "used but missing" : "never used"));
}

std::uint8_t index_of(std::span<const float> entries, float value) {
  const auto entry = std::ranges::lower_bound(entries, bits_of(value), {}, bits_of);
  return static_cast<std::uint8_t>(entry - entries.begin());
}

void require_ascending(const ByteReader& at, std::span<const float> entries) {
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (bits_of(entries[i - 1]) >= bits_of(entries[i]))
      at.fail("codebook: expected entries in ascending order, each once");
}

}  // namespace karnin
