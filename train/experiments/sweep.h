// Thresholds or sparsities times methods, on one trained model.
#pragma once

#include <string>
#include <vector>

#include "formats/plot.h"
#include "train/experiments/series.h"
#include "train/experiments/statistics.h"

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

/// One series a method, what it removes at each value. Throws ArgumentError for no method or value.
std::vector<SeriesPlan> plans_of(const SweepOptions& options);

/// These series, without any training. Throws ArgumentError for no method or value, and as prune()
/// does.
std::vector<Series> sweep(const Model& model, const ImageSet& images, const SweepOptions& options);

/// The series of one model.
struct ModelSweep {
  std::string model;  ///< its file
  std::vector<Series> series;
};

/// In percent, over the models: of series `series` at value `value`.
Spread accuracy_spread(const std::vector<ModelSweep>& all, std::size_t series, std::size_t value);

/// A line a model, method and value: model, method, threshold or sparsity, accuracy in percent,
/// correct answers, weights removed, and those of each layer. The same options give the same bytes.
std::string sweep_csv(const std::vector<ModelSweep>& all, const SweepOptions& options);

/// Accuracy in percent against the values, a line a method; over several models its mean and a band
/// of one standard deviation.
Plot sweep_plot(const std::vector<ModelSweep>& all, const SweepOptions& options);

}  // namespace karnin
