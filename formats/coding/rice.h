// Rice's code for gaps: a quotient in unary, then the remainder of `parameter` bits. Bits fill
// bytes from the lowest on. Normative: FORMAT.md, "Gaps".
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formats/io/byte_reader.h"
#include "formats/io/byte_writer.h"

namespace karnin {

/// The one that gives the fewest bits; of equals the smallest.
int best_rice_parameter(std::span<const std::uint32_t> gaps);

void encode_rice(std::span<const std::uint32_t> gaps, ByteWriter& writer);

class RiceDecoder {
 public:
  /// No gap is expected to reach `limit`. Throws FileError.
  RiceDecoder(ByteReader& reader, std::uint64_t limit);
  int parameter() const { return parameter_; }

  /// The next gap, or something at or above `limit` where the bits say so.
  /// Throws FileError at the end of the bytes.
  std::uint64_t next();

  /// Moves the reader behind the code. Throws FileError where spare bits are set.
  void finish(ByteReader& reader) const;

 private:
  bool bit();

  ByteReader start_;
  std::span<const std::uint8_t> bytes_;
  std::uint64_t limit_;
  std::uint64_t used_bits_ = 0;
  int parameter_ = 0;
};

}  // namespace karnin
