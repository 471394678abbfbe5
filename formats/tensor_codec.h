// One parameter as bytes: which weights were kept, and their values. Normative: FORMAT.md,
// "Tensors".
#pragma once

#include "formats/byte_reader.h"
#include "formats/byte_writer.h"
#include "formats/tensor_form.h"
#include "runtime/core/model.h"

namespace karnin {

/// The smallest form, by which every bit comes back.
void encode_parameter(const Parameter& parameter, ByteWriter& writer);

/// Reads the whole payload; refuses any but the one that encode_parameter() would have written.
/// Throws FileError.
Parameter decode_parameter(ByteReader payload, const ParameterSpec& spec);

/// How a sound payload stores its parameter.
TensorForm form_of(ByteReader payload, const Parameter& parameter);

}  // namespace karnin
