// The masks of large tensors, eight weights a step: by how many of the eight were kept, as if all
// weights had been alike. Normative: FORMAT.md, "Large tensors".
#pragma once

#include <cstdint>
#include <vector>

#include "formats/io/byte_reader.h"
#include "runtime/graph/model.h"

namespace karnin {

/// Whether bits in the context of rows and columns are worth their time: where these tell more than
/// 1/64 of what was kept, or so little was that eight weights a symbol waste it.
bool wants_contexts(const Mask& mask, std::size_t rows, std::uint64_t kept);

/// `kept` weights of the mask, at least one of them, were kept.
std::vector<std::uint8_t> encode_mask_symbols(const Mask& mask, std::uint64_t kept);

/// Fills the mask. Refuses what encode_mask_symbols() would not write for a mask with `kept`
/// weights, whose number is left to the caller to check. Throws FileError.
void decode_mask_symbols(ByteReader& reader, Mask& mask, std::uint64_t kept);

}  // namespace karnin
