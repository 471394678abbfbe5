// The values of large tensors: all symbols by their counts, all other bits as they are. Normative:
// FORMAT.md, "Large tensors".
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "formats/coding/value_codec.h"
#include "formats/io/byte_reader.h"

namespace karnin {

/// The values in one of the codings that are for large tensors alone; nothing where it cannot hold
/// them.
std::optional<std::vector<std::uint8_t>> encode_large_values_as(ValueCoding coding,
                                                                const KeptValues& kept);

/// The first of codebook, integers and floats that holds the values, or plain ones if floats take
/// no less. kLargeKept values or more, all finite.
CodedValues encode_large_values(const KeptValues& kept);

/// Fills kept.values, whose size and rows say what to expect. Reads what encode_large_values_as()
/// writes, and plain values. Throws FileError.
void decode_large_values(ByteReader& reader, ValueCoding coding, KeptValues& kept);

}  // namespace karnin
