// The values of the weights that a tensor kept, in as few bytes as possible and to the last bit: a
// tensor whose values were rounded, to fewer bits or to a few values, takes less because the codec
// sees that they were. Normative: FORMAT.md, "Values".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formats/coding/kept_values.h"
#include "formats/io/byte_reader.h"

namespace karnin {

enum class ValueCoding : std::uint8_t {
  plain = 0,     ///< f32 as they are
  floats = 1,    ///< exponents by frequency, and as many bits of the mantissa as are in use
  integers = 2,  ///< -127 to 127 by frequency, times a scale of the row
  codebook = 3,  ///< indices by frequency into up to 256 values
  // The same in large tensors, made to be read fast:
  large_floats = 5,
  large_integers = 6,
  large_codebook = 7,
};

struct CodedValues {
  ValueCoding coding = ValueCoding::plain;
  std::vector<std::uint8_t> bytes;
};

/// The values in this coding, whatever others would take; nothing where it cannot hold them. All
/// values are finite.
std::optional<std::vector<std::uint8_t>> encode_values_as(ValueCoding coding,
                                                          const KeptValues& kept);

/// The shortest coding; of equals the first. All values are finite. Large tensors have rules of
/// their own (large_values.h), from version 3 of the format on.
CodedValues encode_values(const KeptValues& kept, std::uint32_t version);

/// Fills kept.values, whose size and rows say what to expect. Reads what encode_values_as() writes,
/// in any coding for tensors of this size, and refuses everything else. Throws FileError.
void decode_values(ByteReader& reader, ValueCoding coding, KeptValues& kept, std::uint32_t version);

/// "f32", "10-bit mantissa", "int8 by row", "codebook of 16": what `inspect` shows of coded values.
/// `reader` stands where decode_values() would start.
std::string describe_values(ByteReader reader, ValueCoding coding);

/// The least that values of this coding could take if their frequencies were known beforehand:
/// their empirical entropy of order 0, in bits.
double entropy_bits(const KeptValues& kept, ValueCoding coding);

}  // namespace karnin
