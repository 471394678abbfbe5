// Tensors as files of version 1 have them: dense, or the kept weights of a mask, in plain f32. Read
// for ever, never written. Normative: FORMAT.md, "Version 1".
#pragma once

#include <cstdint>

#include "formats/coding/tensor_form.h"
#include "formats/io/byte_reader.h"
#include "runtime/graph/model.h"

namespace karnin::v1 {

/// How a parameter is stored. `dense` has no mask; the others hold the positions of the kept
/// weights, as one bit a weight or as the gaps between them.
enum class TensorEncoding : std::uint8_t {
  dense = 0,
  bit_mask = 1,
  gaps8 = 2,
  gaps16 = 3,
  gaps32 = 4
};

/// No section may stand for more weights than this times its bytes: what a reader allocates stays
/// in proportion to the file.
inline constexpr std::uint64_t kMaxElementsPerByte = 32;

/// Dense without a mask; with one, the smallest of the others (of equals the first).
TensorEncoding choose_encoding(const Mask& mask);

/// Reads the whole payload; refuses any encoding but the one choose_encoding() would take.
/// Throws FileError.
Parameter decode_parameter(ByteReader payload, const ParameterSpec& spec);

/// How such a file stores this parameter.
TensorForm form_of(const Parameter& parameter);

}  // namespace karnin::v1
