// Short JSON texts in few bytes: what came before foretells what comes next, and every text starts
// as if a typical one had come before it. Normative: FORMAT.md, "Texts".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/io/byte_reader.h"
#include "formats/io/byte_writer.h"

namespace karnin {

enum class TextCoding : std::uint8_t { plain = 0, coded = 1 };

/// Any bytes up to kMaxJsonBytes in this coding, whatever the other would take.
std::vector<std::uint8_t> encode_text_as(TextCoding coding, std::string_view text);

/// Plain, or coded if that is shorter.
void encode_text(std::string_view text, ByteWriter& writer);

/// Reads the whole payload; refuses what encode_text_as() doesn't write. Throws FileError.
std::string decode_text(ByteReader payload, std::string_view field);

}  // namespace karnin
