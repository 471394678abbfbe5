// A network cut in two: the front, which pruning leaves alone and which is therefore run once, and
// the tail, which is run once a mask.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "formats/data/dataset.h"
#include "runtime/core/model.h"

namespace karnin {

/// Index of the node in front of which to cut, so that pruning these layers leaves the front alone:
/// the first of them, or 0 where its activations are too wide to be handed over. Throws
/// ArgumentError where a layer has no weights.
std::size_t cut_before(const Architecture& architecture, std::span<const std::string> layers);

/// The activations that node `node` gets, images x (c x h x w) floats: the front of the network,
/// run with kernels that follow from its shape alone. 4 bytes an activation are held.
std::vector<float> features_before(const Model& model, std::size_t node, const ImageSet& images,
                                   int threads);

/// The nodes from `node` on, with their parameters, as a model whose images are those activations.
/// It has no sensitivities.
Model tail_from(const Model& model, std::size_t node);

}  // namespace karnin
