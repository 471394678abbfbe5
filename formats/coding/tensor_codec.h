// One parameter as bytes: which weights were kept, and their values. Normative: FORMAT.md,
// "Tensors".
#pragma once

#include "formats/coding/tensor_form.h"
#include "formats/io/byte_reader.h"
#include "formats/io/byte_writer.h"
#include "formats/io/container.h"
#include "runtime/graph/compact_model.h"

namespace karnin {

/// The form that a file of this version of the format, 2 or later, gives it: every bit comes back.
void encode_parameter(const Parameter& parameter, ByteWriter& writer,
                      std::uint32_t version = kFormatVersion);

/// Reads the whole payload, in any codings for tensors of this size; in these, refuses any but the
/// one payload that the parameter has. Throws FileError.
Parameter decode_parameter(ByteReader payload, const ParameterSpec& spec,
                           std::uint32_t version = kFormatVersion);

/// The same for inference.
CompactParameter decode_compact_parameter(ByteReader payload, const ParameterSpec& spec,
                                          std::uint32_t version = kFormatVersion);

/// How a sound payload stores its parameter.
TensorForm form_of(ByteReader payload, const Parameter& parameter, std::uint32_t version);

}  // namespace karnin
