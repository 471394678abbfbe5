#include "formats/coding/large_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "formats/coding/kept_values.h"
#include "formats/coding/row_scale.h"
#include "formats/coding/symbol_coder.h"
#include "formats/io/byte_writer.h"

namespace karnin {
namespace {

using Bytes = std::vector<std::uint8_t>;

// --- bits as they are, `width` of them each; lowest first, in bytes from the lowest bit on

std::uint64_t raw_bytes(std::uint64_t count, int width) {
  return (count * static_cast<std::uint64_t>(width) + 7) / 8;
}

/// `words` have nothing above their lowest `width` bits, which are at most 24.
Bytes pack_raw(std::span<const std::uint32_t> words, int width) {
  Bytes bytes(raw_bytes(words.size(), width));
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t at = i * static_cast<std::uint64_t>(width);
    for (std::uint64_t bits = std::uint64_t{words[i]} << (at % 8), byte = at / 8; bits != 0;
         bits >>= 8, ++byte)
      bytes[byte] |= static_cast<std::uint8_t>(bits);
  }
  return bytes;
}

/// The i-th word of `width` bits, which may reach into four bytes.
std::uint32_t raw_word(std::span<const std::uint8_t> bytes, std::size_t i, int width) {
  const std::uint64_t at = i * static_cast<std::uint64_t>(width);
  std::uint32_t four = 0;
  if (at / 8 + sizeof four <= bytes.size())
    std::memcpy(&four, &bytes[at / 8], sizeof four);  // of a known size: one load
  else
    std::memcpy(&four, &bytes[at / 8], bytes.size() - at / 8);
  return (four >> (at % 8)) & ((std::uint32_t{1} << width) - 1);
}

// --- floats: exponents by their counts, then signs and mantissas

Bytes encode_large_floats(std::span<const float> values) {
  const int mantissa = mantissa_bits_of(values);
  Bytes exponents;
  std::vector<std::uint32_t> words;
  exponents.reserve(values.size());
  words.reserve(values.size());
  for (const float value : values) {
    const std::uint32_t bits = bits_of(value);
    exponents.push_back(static_cast<std::uint8_t>(bits >> kMaxMantissaBits));
    const std::uint32_t fraction = bits & ((std::uint32_t{1} << kMaxMantissaBits) - 1);
    words.push_back(fraction >> (kMaxMantissaBits - mantissa) | bits >> 31 << mantissa);
  }
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(mantissa));
  write_counted(writer, exponents);
  writer.bytes(pack_raw(words, mantissa + 1));
  return writer.take();
}

void decode_large_floats(ByteReader& reader, std::span<float> values) {
  const ByteReader at = reader;
  const int mantissa = read_mantissa_bits(reader);
  const int width = mantissa + 1;
  Bytes exponents(values.size());
  read_counted(reader, exponents, "exponents");
  const auto raw = reader.bytes(raw_bytes(values.size(), width), "mantissas");
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t word = raw_word(raw, i, width);
    const std::uint32_t fraction = (word << (kMaxMantissaBits - mantissa)) & 0x7FFFFF;
    values[i] = std::bit_cast<float>(word >> mantissa << 31 |
                                     std::uint32_t{exponents[i]} << kMaxMantissaBits | fraction);
  }
  const std::uint64_t used = values.size() * static_cast<std::uint64_t>(width) % 8;
  if (used != 0 && raw.back() >> used != 0) at.fail("mantissas: expected zeros behind them");
  require_finite(at, values);
  require_mantissa_bits(at, mantissa, values);
}

// --- integers: the scale of every row, then the integers by their counts, kMaxRowInteger added

Bytes encode_large_integers(const KeptValues& kept, const std::vector<float>& scales) {
  Bytes symbols;
  for (std::size_t r = 0; r < scales.size(); ++r)
    for (std::size_t i = 0; i < kept.rows[r]; ++i)
      symbols.push_back(static_cast<std::uint8_t>(
          integer_of(kept.values[symbols.size()], scales[r]) + kMaxRowInteger));
  ByteWriter writer;
  writer.bytes(encode_floats(scales));
  write_counted(writer, symbols);
  return writer.take();
}

void decode_large_integers(ByteReader& reader, KeptValues& kept) {
  const ByteReader at = reader;
  std::vector<float> scales(kept.rows.size());
  decode_floats(reader, scales, "row scales");
  Bytes symbols(kept.values.size());
  read_counted(reader, symbols, "integers");
  std::size_t next = 0;
  for (std::size_t r = 0; r < scales.size(); ++r)
    for (const std::size_t end = next + kept.rows[r]; next < end; ++next)
      kept.values[next] = scaled(at, symbols[next] - kMaxRowInteger, scales[r]);
  require_finite(at, kept.values);
  require_scales(at, scales, row_scales(kept));
}

// --- codebook: the entries, then the number of an entry for each value, by their counts

Bytes encode_large_codebook(std::span<const float> values, const std::vector<float>& entries) {
  Bytes indices;
  for (const float value : values) indices.push_back(index_of(entries, value));
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(entries.size() - 1));
  writer.bytes(encode_floats(entries));
  write_counted(writer, indices);
  return writer.take();
}

void decode_large_codebook(ByteReader& reader, std::span<float> values) {
  const ByteReader at = reader;
  const std::size_t size = std::size_t{reader.read<std::uint8_t>("codebook entries")} + 1;
  std::array<float, kMaxCodebook> entries{};
  decode_floats(reader, std::span(entries).first(size), "codebook");
  require_ascending(at, std::span(entries).first(size));
  Bytes indices(values.size());
  read_counted(reader, indices, "indices");
  std::array<bool, kMaxCodebook> used{};
  for (const std::uint8_t index : indices) used[index] = true;
  require_used(at, used, size);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = entries[indices[i]];
}

// --- the choice, by what the values are and hardly ever by what they take

/// Whether enough weights share each scale.
bool wants_scales(const KeptValues& kept) {
  constexpr std::size_t kLeastInRow = 16;
  return kept.rows.size() * kLeastInRow <= kept.values.size();
}

}  // namespace

std::optional<Bytes> encode_large_values_as(ValueCoding coding, const KeptValues& kept) {
  if (coding == ValueCoding::large_floats) return encode_large_floats(kept.values);
  if (coding == ValueCoding::large_integers) {
    const auto scales = row_scales(kept);
    return scales ? std::optional(encode_large_integers(kept, *scales)) : std::nullopt;
  }
  const std::vector<float> entries = distinct(kept.values);
  return entries.empty() ? std::nullopt
                         : std::optional(encode_large_codebook(kept.values, entries));
}

CodedValues encode_large_values(const KeptValues& kept) {
  using enum ValueCoding;
  for (const ValueCoding coding : {large_codebook, large_integers}) {
    if (coding == large_integers && !wants_scales(kept)) continue;
    if (auto bytes = encode_large_values_as(coding, kept)) return {coding, std::move(*bytes)};
  }
  Bytes by_exponent = encode_large_floats(kept.values);
  if (by_exponent.size() < kept.values.size() * sizeof(float))
    return {large_floats, std::move(by_exponent)};
  return {plain, encode_values_as(plain, kept).value()};
}

void decode_large_values(ByteReader& reader, ValueCoding coding, KeptValues& kept) {
  using enum ValueCoding;
  if (coding == large_codebook) return decode_large_codebook(reader, kept.values);
  if (coding == large_integers) return decode_large_integers(reader, kept);
  if (coding == large_floats) return decode_large_floats(reader, kept.values);
  if (coding != plain)
    reader.fail(
        fmt::format("values: coding {} is not for large tensors", static_cast<int>(coding)));
  reader.floats(kept.values, "values");
}

}  // namespace karnin
