// The paper's tables as CSV, its numbers beside those of a reproduction.
#pragma once

#include <array>
#include <string>

#include "train/experiments/paper.h"
#include "train/experiments/reproduction.h"

namespace karnin {

/// Tables 1 and 2: the layers of one kind. The paper's columns are for its 3x32x32 images.
std::string conv_csv(const Dataset& dataset);
std::string fully_connected_csv(const Dataset& dataset);

using ConfusionOf = const ConfusionMatrix& (*)(const Measurements&);

/// Tables 3 to 5: accuracy within each class, blank where there are no images of it, and of all.
std::string class_csv(const Reproduction& results, const Dataset& dataset,
                      const std::array<int, 10>& paper, int paper_total, ConfusionOf of);

/// Tables 6 and 7: accuracy and synapses removed at every threshold.
std::string threshold_csv(const Reproduction& results, const std::string& method,
                          const std::array<paper::SweepRow, 5>& printed);

}  // namespace karnin
