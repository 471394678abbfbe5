// Short JSON texts in few bytes: what came before foretells what comes next, and every text starts
// as if a typical one had come before it. Normative: FORMAT.md, "Texts".
#pragma once

#include <string>
#include <string_view>

#include "formats/io/byte_reader.h"
#include "formats/io/byte_writer.h"

namespace karnin {

/// Any bytes up to kMaxJsonBytes. Plain, or coded if that is shorter.
void encode_text(std::string_view text, ByteWriter& writer);

/// Reads the whole payload; refuses what encode_text() would not have written. Throws FileError.
std::string decode_text(ByteReader payload, std::string_view field);

}  // namespace karnin
