// Files of named tensors as Hugging Face's safetensors lays them out: the length of a header in
// eight bytes, the header in JSON, and the tensors' values one after the other.
// https://github.com/huggingface/safetensors
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/tensor.h"

namespace karnin {

struct SafeTensor {
  std::string type;  ///< "F32", "BF16", "I64", ...
  Dims dims;
  std::span<const std::uint8_t> bytes;  ///< as many as type and dims say
};

/// The tensors, by name; their bytes are those of the file. Every byte of it is accounted for: the
/// tensors' are in order and touch, and nothing is before or behind them. Throws FileError.
std::map<std::string, SafeTensor> parse_safetensors(std::span<const std::uint8_t> bytes,
                                                    const std::string& path);

/// Throws ArgumentError for a type that is none of real numbers, and for values that no finite
/// float is.
void copy_floats(const SafeTensor& tensor, std::span<float> to);

struct NamedFloats {
  std::string name;
  Dims dims;
  std::span<const float> values;
};

/// A file of these, in their order, each under a name of its own.
std::vector<std::uint8_t> encode_floats_by_name(std::span<const NamedFloats> tensors);

}  // namespace karnin
