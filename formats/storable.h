// What a model file may hold beyond what validate() asks for. Writer and reader both check it, so
// that whatever was written can be read.
#pragma once

#include <string_view>

#include "runtime/core/model.h"

namespace karnin {

inline constexpr std::size_t kMaxNameBytes = 128;
inline constexpr std::size_t kMaxSensitivities = 64;

/// Short, and without control characters: names are shown on terminals, where these could act.
bool is_storable_name(std::string_view name);

/// Sound (validate()); every weight and sensitivity finite; names short and without control
/// characters; sensitivity methods named once; provenance empty or a JSON object.
/// Throws ShapeError or ArgumentError.
void require_storable(const Model& model);

}  // namespace karnin
