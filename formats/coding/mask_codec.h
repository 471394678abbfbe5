// Which weights of a tensor were kept, in as few bytes as possible. Normative: FORMAT.md,
// "Positions".
#pragma once

#include <cstdint>
#include <vector>

#include "formats/io/byte_reader.h"
#include "runtime/graph/model.h"

namespace karnin {

enum class PositionCoding : std::uint8_t {
  all = 0,         ///< no mask
  bits = 1,        ///< one bit a weight
  rice = 2,        ///< the gaps between kept weights, in Rice's code
  arithmetic = 3,  ///< by the densities of rows and columns
  symbols = 4,     ///< eight weights a symbol, in large tensors alone
};

struct CodedMask {
  PositionCoding coding = PositionCoding::all;
  std::vector<std::uint8_t> bytes;
};

/// The mask in this coding, whatever others would take. `rows` divides a mask's size.
std::vector<std::uint8_t> encode_mask_as(PositionCoding coding, const Mask& mask, std::size_t rows);

/// The shortest coding that such a mask may have; of equals the first. An empty mask takes no
/// bytes. Versions of the format from 2 on.
CodedMask encode_mask(const Mask& mask, std::size_t rows, std::uint32_t version);

/// Reads what encode_mask_as() writes, in any coding for tensors of this size, and refuses
/// everything else. Allocates `elements` bytes, so the caller bounds them. Throws FileError.
Mask decode_mask(ByteReader& reader, PositionCoding coding, std::size_t elements, std::size_t rows,
                 std::uint32_t version);

/// What a mask of as many kept weights would take if they lay anywhere: n H(k / n).
double entropy_bits(const Mask& mask);

}  // namespace karnin
