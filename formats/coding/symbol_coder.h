// Bytes by known frequencies, many times as fast as bits that learn: range asymmetric numeral
// systems (J. Duda, arXiv:1311.2540), two states taking turns. Normative: FORMAT.md, "Symbols".
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formats/io/byte_reader.h"
#include "formats/io/byte_writer.h"

namespace karnin {

/// How often each symbol comes, in any unit. What has weight 0 never comes.
using SymbolWeights = std::array<std::uint64_t, 256>;

class SymbolTable {
 public:
  static constexpr int kBits = 16;

  /// Weights of less than 2^47 in all, and not all 0.
  explicit SymbolTable(const SymbolWeights& weights);

  /// The symbols must have weights above 0.
  std::vector<std::uint8_t> encode(std::span<const std::uint8_t> symbols) const;

  /// Fills `symbols`. Every sequence of them has one form; throws FileError for any other.
  void decode(ByteReader& reader, std::span<std::uint8_t> symbols, std::string_view field) const;

 private:
  struct Share {
    std::uint32_t first = 0;  ///< of 2^kBits: those of lower symbols
    std::uint32_t size = 0;
  };

  std::array<Share, 256> shares_;
};

/// Counts, then the symbols by their counts.
void write_counted(ByteWriter& writer, std::span<const std::uint8_t> symbols);

/// Reads what write_counted() wrote and refuses everything else. Throws FileError.
void read_counted(ByteReader& reader, std::span<std::uint8_t> symbols, std::string_view field);

}  // namespace karnin
