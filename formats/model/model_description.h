// The part of a model that is text: architecture, preprocessing and class names as canonical JSON.
#pragma once

#include <string>
#include <string_view>

#include "runtime/graph/model.h"

namespace karnin {

/// The same description always gives the same bytes. Throws ShapeError or ArgumentError.
std::string describe(const ModelDescription& model);

/// Without provenance. Refuses every text but the one that describe() gives for it.
/// Throws FileError or ShapeError.
ModelDescription description_from(std::string_view text, const std::string& where,
                                  std::uint64_t origin);

}  // namespace karnin
