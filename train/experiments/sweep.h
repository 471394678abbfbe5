// Thresholds or sparsities times methods, on one trained model.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/report/plot.h"
#include "train/experiments/series.h"
#include "train/experiments/statistics.h"
#include "train/session/watcher.h"

namespace karnin {

struct SweepOptions {
  std::vector<PruneMethod> methods;
  std::vector<double> values;  ///< thresholds or sparsities, each in [0, 1]
  bool are_thresholds = false;
  PruneOptions prune;  ///< all but method and threshold or sparsity, which the sweep sets
  int threads = 0;
};

/// By this threshold or sparsity.
PruneOptions pruning_at(const SweepOptions& options, double value);

/// Every method that this model can be pruned by.
std::vector<PruneMethod> methods_for(const Model& model);

/// One series a method, what it removes at each value. Throws ArgumentError for no method or value.
std::vector<SeriesPlan> plans_of(const SweepOptions& options);

struct SweepPoint {
  std::string name;  ///< "karnin at 0.5"
  Pruning pruning;
};

/// The points of these series, one series after the other. Throws as plans_of() does.
std::vector<SweepPoint> points_of(const SweepOptions& options);

/// What was found at each point of one model's sweep; empty where that is still to be done.
using SweepOutcomes = std::vector<std::optional<Outcome>>;

/// Finds what is still missing, without any training, until the watcher stops it. What it tells is
/// in `outcomes` by then, which nobody else writes to meanwhile. Throws ArgumentError for no method
/// or value, and as prune() does.
void sweep(const Model& model, const ImageSet& images, const SweepOptions& options,
           SweepOutcomes& outcomes, const Watcher& watcher);

/// What was found, as series; those of which nothing was found are left out.
std::vector<Series> found_series(const SweepOptions& options, const SweepOutcomes& outcomes);

/// The series of one model.
struct ModelSweep {
  std::string model;  ///< its file
  std::vector<Series> series;
};

/// In percent, over the models: of series `series` at value `value`.
Spread accuracy_spread(const std::vector<ModelSweep>& all, std::size_t series, std::size_t value);

/// Of one series at least. A line a model, method and value: model, method, threshold or sparsity,
/// accuracy in percent, correct answers, weights removed, and those of each layer; where something
/// was pruned before the sweep, all that is pruned too. The same options give the same bytes.
std::string sweep_csv(const std::vector<ModelSweep>& all, const SweepOptions& options);

/// Accuracy in percent against the values, a line a method; over several models its mean and a band
/// of one standard deviation.
Plot sweep_plot(const std::vector<ModelSweep>& all, const SweepOptions& options);

}  // namespace karnin
