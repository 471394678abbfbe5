// What a model file may hold beyond what validate() asks for. Writer and reader both check it, so
// that whatever was written can be read.
#pragma once

#include <span>
#include <string_view>

#include "runtime/graph/model.h"

namespace karnin {

inline constexpr std::size_t kMaxNameBytes = 128;
inline constexpr std::size_t kMaxSensitivities = 64;

/// Short, and without control characters: names are shown on terminals, where these could act.
bool is_storable_name(std::string_view name);

/// The sensitivities of one model: not too many, their methods named, and once each; all values
/// that are there finite. Throws ArgumentError.
void require_storable(std::span<const Sensitivity> sensitivities);

/// Names short and without control characters; provenance empty or a JSON object. Throws
/// ArgumentError.
void require_storable(const ModelDescription& description);

/// Sound (validate()); every weight and sensitivity finite; names short and without control
/// characters; sensitivity methods named once; provenance empty or a JSON object.
/// Throws ShapeError or ArgumentError.
void require_storable(const Model& model);

}  // namespace karnin
