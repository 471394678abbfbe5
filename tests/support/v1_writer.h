// The writer of version 1, as it was released: golden files are not enough to spoil.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/io/byte_writer.h"
#include "runtime/graph/model.h"

namespace karnin::test {

void encode_parameter_v1(const Parameter& parameter, ByteWriter& writer);
std::vector<std::uint8_t> encode_model_v1(const Model& model);

/// Gives a file another version, with sound checksums.
void set_version(std::vector<std::uint8_t>& file, std::uint32_t version);

}  // namespace karnin::test
