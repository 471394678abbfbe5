// Thresholds or sparsities times methods, on one trained model.
#pragma once

#include <string>
#include <vector>

#include "train/experiments/series.h"

namespace karnin {

struct SweepOptions {
  std::vector<PruneMethod> methods;
  std::vector<double> values;  ///< thresholds or sparsities, each in [0, 1]
  bool are_thresholds = false;
  PruneOptions prune;  ///< all but method, threshold and sparsity, which the sweep sets
  int threads = 0;
};

/// Every method that this model can be pruned by.
std::vector<PruneMethod> methods_for(const Model& model);

/// One series a method. Throws ArgumentError for no method or value, and as prune() does.
std::vector<Series> sweep(const Model& model, const ImageSet& images, const SweepOptions& options);

/// A line a method and value: method, threshold or sparsity, accuracy in percent, correct answers,
/// weights removed, and those of each layer. The same options give the same bytes.
std::string sweep_csv(const std::vector<Series>& all, const SweepOptions& options);

}  // namespace karnin
