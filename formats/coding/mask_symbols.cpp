#include "formats/coding/mask_symbols.h"

#include <algorithm>
#include <bit>

#include "formats/coding/mask_bits.h"
#include "formats/coding/symbol_coder.h"

namespace karnin {
namespace {

constexpr std::uint64_t kOne = std::uint64_t{1} << 16;  // densities are in 2^-16

/// How many eights out of 2^32 have these bits, if all bits are alike.
SymbolTable eights(std::uint64_t density) {
  SymbolWeights weights{};
  for (unsigned eight = 0; eight < weights.size(); ++eight) {
    std::uint64_t weight = kOne << 16;
    for (int i = 0; i < 8; ++i)
      weight = weight * (i < std::popcount(eight) ? density : kOne - density) >> 16;
    weights[eight] = std::max<std::uint64_t>(weight, 1);
  }
  return SymbolTable(weights);
}

std::uint64_t density_of(std::uint64_t kept, std::uint64_t elements) {
  return kept * kOne / elements;
}

/// The mean square by which the densities of lines of `length` weights differ from `mean`.
std::uint64_t spread(const std::vector<std::uint32_t>& kept, std::uint64_t length,
                     std::uint64_t mean) {
  std::uint64_t sum = 0;
  for (const std::uint32_t k : kept) {
    const std::uint64_t density = density_of(k, length);
    const std::uint64_t difference = std::max(density, mean) - std::min(density, mean);
    sum += difference * difference;
  }
  return sum / kept.size();
}

}  // namespace

bool wants_contexts(const Mask& mask, std::size_t rows, std::uint64_t kept) {
  constexpr std::uint64_t kFew = 64;
  if (kept * kFew < mask.size()) return true;
  const std::size_t columns = mask.size() / rows;
  std::vector<std::uint32_t> in_rows(rows), in_columns(columns);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      const std::uint32_t one = mask[r * columns + c];
      in_rows[r] += one;
      in_columns[c] += one;
    }
  const std::uint64_t mean = density_of(kept, mask.size());
  const std::uint64_t variance = mean * (kOne - mean);
  // What chance alone makes of lines that are all alike.
  const std::uint64_t chance = variance / rows + variance / columns;
  return spread(in_rows, columns, mean) + spread(in_columns, rows, mean) > chance + variance / 64;
}

std::vector<std::uint8_t> encode_mask_symbols(const Mask& mask, std::uint64_t kept) {
  return eights(density_of(kept, mask.size())).encode(pack_mask(mask));
}

void decode_mask_symbols(ByteReader& reader, Mask& mask, std::uint64_t kept) {
  std::vector<std::uint8_t> bits(mask_bytes(mask.size()));
  eights(density_of(kept, mask.size())).decode(reader, bits, "mask");
  if (!unpack_mask(bits, mask)) reader.fail("mask: expected zeros behind its bits");
}

}  // namespace karnin
