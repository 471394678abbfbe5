// The JSON form of an architecture, to be part of a larger text; architecture_json.h has it alone.
#pragma once

#include <string>

#include "formats/io/json_view.h"
#include "runtime/graph/graph.h"

namespace karnin {

/// Canonical text. Throws ShapeError for an unsound architecture and for a layer that is called
/// "input", ArgumentError for names that are not UTF-8.
std::string to_json(const Graph& graph);

/// Throws FileError for a wrong schema, ShapeError for shapes that do not chain.
Graph architecture_from(const JsonView& json);

/// Whether the first version of the schema had words for this network: a chain of its ops that
/// gives one value a class.
bool is_in_first_schema(const Graph& graph);

}  // namespace karnin
