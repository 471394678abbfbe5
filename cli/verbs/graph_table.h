// A network as an indented table.
#pragma once

#include <string>

#include "runtime/graph/model.h"

namespace karnin::cli {

/// A row a node: what it computes, from what (unless that is the row above), its extent,
/// multiply-accumulates of an image, parameters. A row is indented by the number of values that are
/// kept for a reader further down: so branches stand out. The number of an output is
/// marked by a "*".
std::string graph_table(const Model& model);

}  // namespace karnin::cli
