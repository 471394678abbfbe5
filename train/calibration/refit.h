// What is left of a pruned network, fitted to what the dense one gives.
#pragma once

#include "runtime/graph/model.h"
#include "train/calibration/calibration.h"

namespace karnin {

/// From the first layer on whose weights are not those of `dense`, in order: the kept weights and
/// the biases become those that give, by least squares, what `dense` gives, from what this network
/// really reads once the layers before are fitted. The last layer in front of an addition makes up
/// for what the other summands lack, too. Batch norm's statistics are measured again, so that in
/// each channel what comes out varies as it does in the dense network. Masks stay. Both models are
/// of one graph. Throws ArgumentError for no images, ShapeError where they don't fit the model,
/// NonFiniteError where one of the networks overflows.
void refit(Model& model, const Model& dense, const Calibration& calibration);

}  // namespace karnin
