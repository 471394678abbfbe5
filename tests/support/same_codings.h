// What was read from a file, written again in the codings that the file has: a writer takes those
// that it likes, but within a coding there is one form.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formats/io/byte_reader.h"
#include "runtime/graph/model.h"

namespace karnin::test {

/// The payload of this parameter whose positions and values are in the codings of `like`.
std::vector<std::uint8_t> encode_like(const Parameter& parameter, ByteReader like);

/// `written`, a file of version 2 or later that holds the model, with every text and every tensor
/// in the coding that it has in the file `like`, and in the version of that.
std::vector<std::uint8_t> encode_like(const Model& model, const std::vector<std::uint8_t>& written,
                                      std::span<const std::uint8_t> like);

}  // namespace karnin::test
