// Values to be coded, and codings put to the test.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <random>

#include "formats/coding/value_codec.h"
#include "formats/io/container.h"

namespace karnin::test {

using Bytes = std::vector<std::uint8_t>;

inline std::vector<float> normal_values(std::size_t count, std::uint32_t seed = 1) {
  std::mt19937 rng(seed);
  std::normal_distribution<float> normal(0.0F, 0.05F);
  std::vector<float> values(count);
  for (float& value : values) value = normal(rng);
  return values;
}

inline KeptValues in_rows(std::vector<float> values, std::size_t row) {
  KeptValues kept{std::move(values), {}};
  kept.rows.assign(kept.values.size() / row, row);
  return kept;
}

inline std::vector<std::uint32_t> patterns(const std::vector<float>& values) {
  std::vector<std::uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
  return bits;
}

inline KeptValues decode(const Bytes& bytes, ValueCoding coding, std::vector<std::size_t> rows,
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
inline CodedValues expect_round_trip(const KeptValues& kept,
                                     std::uint32_t version = kFormatVersion) {
  const CodedValues coded = encode_values(kept, version);
  EXPECT_EQ(patterns(decode(coded.bytes, coded.coding, kept.rows, version).values),
            patterns(kept.values));
  return coded;
}

}  // namespace karnin::test
