// Khanal (2018) from the data to the results, and the experiments that it leaves out.
#pragma once

#include <filesystem>

#include "train/experiments/measurements.h"
#include "train/experiments/parallel_training.h"

namespace karnin {

struct ReproductionOptions {
  std::int64_t seeds = 5;  ///< 1, 2, ...
  int threads = 0;
  std::filesystem::path networks;  ///< directory of the trained ones
  /// Dropout and the recipes that the paper may have meant: as many trainings again and four more.
  bool variants = true;
};

struct Reproduction {
  std::vector<Measurements> paper;     ///< the paper's recipe, one a seed
  std::vector<Measurements> dropout;   ///< one a seed; empty without variants
  std::vector<Measurements> readings;  ///< other recipes, of seed 1; empty without variants
  double paper_seconds = 0;            ///< of training and measuring
  double variant_seconds = 0;
  bool interrupted = false;  ///< then `paper` alone may be there; networks are in the store
};

/// The same results for any number of threads. Throws ArgumentError for fewer than one seed or more
/// than a thousand, and what training and NetworkStore throw.
Reproduction reproduce(const Dataset& dataset, const ReproductionOptions& options,
                       const Watcher& watcher);

}  // namespace karnin
