// Outcomes along an axis: one way of pruning at one threshold, or sparsity, after the other.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "train/experiments/pruning_evaluator.h"

namespace karnin {

/// What is to be measured.
struct SeriesPlan {
  std::string name;
  std::vector<double> settings;
  std::function<Pruning(double setting)> pruning;
};

struct Series {
  std::string name;
  std::vector<double> settings;
  std::vector<Outcome> outcomes;  ///< one a setting
};

/// All series of all plans at once, so that no core waits for the end of one.
std::vector<Series> measure(PruningEvaluator& evaluator, const std::vector<SeriesPlan>& plans);

/// `count` >= 2 numbers from `first` to `last`, both included, each rounded to 12 decimals: 0.3
/// rather than 0.30000000000000004.
std::vector<double> equally_spaced(double first, double last, std::size_t count);

/// Weights that were removed, of all layers.
std::int64_t removed(const PruneReport& report);

}  // namespace karnin
