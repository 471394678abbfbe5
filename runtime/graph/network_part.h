// A piece of a network as a network of its own.
#pragma once

#include <span>

#include "runtime/graph/model.h"

namespace karnin {

/// Whether nothing behind the node reads what is in front of it.
bool is_cut(const Graph& graph, NodeId node);

/// What it takes to get from the value of node `from`, the input or a cut, to those of `outputs`:
/// a model whose images are that value, and whose nodes keep their names. It has the model's
/// preprocessing where it starts at the images, and neither classes nor sensitivities. Throws
/// ShapeError where `from` isn't the images and not one value through which all of it runs.
Model part_of(const Model& model, NodeId from, std::span<const NodeId> outputs);

}  // namespace karnin
