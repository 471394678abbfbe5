// Scores from what the layers of a network read of some images, of which no label is looked at:
//
//   obs   the error that a weight's removal adds to the outputs of its row, where the other weights
//         make up for it (removal_losses.h; Hassibi & Stork, Optimal Brain Surgeon, 1993; Frantar &
//         Alistarh, Optimal Brain Compression, arXiv:2208.11580)
//   obd   the same where they stay as they are: w^2 times the variance of what it reads (LeCun,
//         Denker & Solla, Optimal Brain Damage, 1990, layer by layer)
//
// Both are shares of the variance of the layer's outputs, so that layers can be compared.
#pragma once

#include <string>
#include <vector>

#include "runtime/graph/model.h"
#include "train/calibration/calibration.h"

namespace karnin {

/// "obs" and "obd" of the weights of these layers, 0 elsewhere. Throws ArgumentError for no images,
/// ShapeError where they don't fit the model, NonFiniteError where it overflows.
std::vector<Sensitivity> surgeon_scores(const Model& model, const std::vector<std::string>& layers,
                                        const Calibration& calibration);

/// Puts them in the place of those that the model has.
void add_surgeon_scores(Model& model, const std::vector<std::string>& layers,
                        const Calibration& calibration);

}  // namespace karnin
