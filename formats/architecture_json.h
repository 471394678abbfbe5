// Architectures as data: the JSON schema that --arch FILE.json and the model file share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/core/architecture.h"

namespace karnin {

/// Canonical text: the same architecture always gives the same bytes. Throws ShapeError for an
/// unsound architecture, ArgumentError for names that are not UTF-8.
std::string architecture_to_json(const Architecture& architecture);

/// Unknown keys and layer types are refused. `where` names the source in messages.
/// Throws FileError for bad JSON or schema, ShapeError for shapes that do not chain.
Architecture architecture_from_json(std::string_view json, const std::string& where);

/// A built-in name ("khanal2018", made to fit input and classes) or a path to a JSON file.
/// Throws FileError for a file that is missing or unsound, and for an unknown name; ShapeError for
/// one that does not fit input and classes.
Architecture load_architecture(const std::string& name_or_path, const Extent& input,
                               std::int64_t classes);

}  // namespace karnin
