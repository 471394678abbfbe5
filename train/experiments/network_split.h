// A network cut in two: the front, which pruning leaves alone and which is therefore run once, and
// the tail, which is run once a mask.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "formats/data/dataset.h"
#include "runtime/graph/model.h"

namespace karnin {

/// The node behind whose value to cut, so that pruning these layers leaves the front alone: the
/// last one through which every path to the first of them runs, or the input where its activations
/// are too wide to be handed over. Throws ArgumentError where a layer has no weights.
NodeId cut_before(const Graph& graph, std::span<const std::string> layers);

/// The value of the node at such a cut, images x (c x h x w) floats: the front of the network, run
/// with kernels that follow from its shape alone. 4 bytes an activation are held.
std::vector<float> features_at(const Model& model, NodeId cut, const ImageSet& images, int threads);

/// The nodes behind the cut, with their parameters, as a model whose images are those activations.
/// It has no sensitivities.
Model tail_from(const Model& model, NodeId cut);

}  // namespace karnin
