// The values of large tensors: all symbols by their counts, all other bits as they are. Normative:
// FORMAT.md, "Large tensors".
#pragma once

#include <cstdint>
#include <vector>

#include "formats/coding/value_codec.h"
#include "formats/io/byte_reader.h"

namespace karnin {

/// The first of codebook, integers and floats that holds the values, or plain ones if floats take
/// no less. kLargeKept values or more, all finite.
CodedValues encode_large_values(const KeptValues& kept);

/// Fills kept.values, whose size and rows say what to expect. Refuses what encode_large_values()
/// would not write. Throws FileError.
void decode_large_values(ByteReader& reader, ValueCoding coding, KeptValues& kept);

}  // namespace karnin
