// What is measured on one trained network: the paper's two sweeps, the controls it lacks, accuracy
// against sparsity, and the scores themselves.
#pragma once

#include <string_view>
#include <vector>

#include "train/experiments/network_store.h"
#include "train/experiments/series.h"

namespace karnin {

/// Where the scores of one layer lie between their extremes, which signed min-max maps to 0 and 1.
struct ScoreDistribution {
  std::string layer;
  double lowest = 0;
  double highest = 0;
  double zero = 0;                   ///< where a sensitivity of 0 lands
  std::vector<std::int64_t> counts;  ///< of kScoreBins equal bins of [0, 1]
};

inline constexpr std::size_t kScoreBins = 100;

struct Measurements {
  std::string recipe;
  std::uint64_t seed = 0;
  ConfusionMatrix base{1};             ///< nothing removed; test images
  std::vector<Series> thresholds;      ///< the paper's two sweeps: "karnin-sgd" and "random"
  std::vector<Series> controls;        ///< for "karnin-sgd" at the first threshold, one each
  std::vector<Series> readings;        ///< the scores that the paper may mean, there too
  std::vector<Series> sparsities;      ///< one a method, at the sparsities()
  std::vector<ConfusionMatrix> train;  ///< training images: base, pruned, random
  std::vector<ScoreDistribution> scores;
  std::vector<LossPoint> loss;
};

/// Everything, on a network of the paper's recipe. The same for any number of threads.
Measurements measure_all(const TrainedNetwork& network, const Dataset& dataset, int threads);

/// Base, both sweeps at the first threshold, sparsities of a few methods, and the readings alone.
Measurements measure_variant(const TrainedNetwork& network, const Dataset& dataset, int threads);

/// The layers that the paper prunes.
const std::vector<std::string>& paper_layers();

/// The paper's 20 thresholds.
std::vector<double> paper_thresholds();

/// From 0 to 0.99, closer where accuracy falls faster.
const std::vector<double>& sparsities();

/// Every method, in the order in which figures and tables name them.
const std::vector<PruneMethod>& compared_methods();

/// The series of that name. It must be there.
const Series& series_named(const std::vector<Series>& all, std::string_view name);

/// What the first threshold makes of the network: "karnin-sgd" or "random".
const Outcome& at_first_threshold(const Measurements& measurements, std::string_view method);

}  // namespace karnin
