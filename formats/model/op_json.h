// The JSON form of one op: "type", and its numbers.
#pragma once

#include <string>

#include "formats/io/json_view.h"
#include "runtime/graph/op.h"

namespace karnin {

/// Keys and values in canonical order, without braces. Numbers that are left out where they are
/// usual came later than the rest of the schema: networks that lack them keep their bytes.
std::string op_json(const Op& op);

/// Of a layer, whose other keys are name and inputs. Throws FileError.
Op op_from(const JsonView& layer);

/// Whether the first version of the schema knew this op, and all that it says.
bool is_in_first_schema(const Op& op);

}  // namespace karnin
