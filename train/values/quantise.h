// Rounds weights to values that take fewer bits in a file. The file needs no word of it: its codec
// finds the smallest form that holds what it is given (formats/coding/value_codec.h).
#pragma once

#include <string_view>

#include "runtime/graph/model.h"

namespace karnin {

enum class ValueKind {
  f32,       ///< as they are
  f16,       ///< nearest IEEE 754 binary16; beyond 65504, that
  bf16,      ///< nearest bfloat16
  int8,      ///< -127 to 127 times a scale of the row, that is of the output channel
  codebook,  ///< nearest of a few values for each tensor (k-means); biases as int8
};

std::string_view to_string(ValueKind kind);               ///< "f32", ...
ValueKind value_kind_from_string(std::string_view name);  ///< throws ArgumentError

inline constexpr int kLeastEntries = 2;
inline constexpr int kMostEntries = 256;

struct QuantiseOptions {
  ValueKind kind = ValueKind::f32;
  int entries = 16;  ///< of a codebook
  bool operator==(const QuantiseOptions&) const = default;
};

/// Rounds every kept weight; masks stay. Deterministic. Throws ArgumentError for entries out of
/// range.
void quantise(Model& model, const QuantiseOptions& options);

}  // namespace karnin
