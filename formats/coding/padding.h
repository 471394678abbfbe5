// A bound on what a byte of a file may stand for: a payload that says much in few bytes is filled
// up with zeros, so that whatever is allocated for it stays in proportion to the file.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "formats/io/byte_reader.h"
#include "formats/io/byte_writer.h"

namespace karnin {

/// Weights (or bytes of text) that one byte of payload may stand for.
inline constexpr std::uint64_t kMaxElementsPerByte = 256;

constexpr std::uint64_t least_payload_bytes(std::uint64_t elements) {
  return (elements + kMaxElementsPerByte - 1) / kMaxElementsPerByte;
}

/// Appends zeros until the payload, which is what `writer` holds from `begin` on, is long enough.
inline void pad(ByteWriter& writer, std::size_t begin, std::uint64_t elements) {
  while (writer.span().size() - begin < least_payload_bytes(elements))
    writer.write(std::uint8_t{0});
}

/// Reads what pad() wrote, to the end of a payload of `payload_bytes`. Throws FileError.
inline void expect_padding(ByteReader& payload, std::uint64_t payload_bytes, std::uint64_t elements,
                           std::string_view field) {
  if (payload.remaining() != 0 && payload_bytes != least_payload_bytes(elements))
    payload.expect_end(field);
  while (payload.remaining() != 0) {
    const ByteReader at = payload;
    if (payload.read<std::uint8_t>(field) != 0)
      at.fail(fmt::format("{}: expected zeros to fill it up", field));
  }
}

}  // namespace karnin
