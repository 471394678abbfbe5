// A sweep in which every pruned network is trained on for a while: the same budget for every
// method, and for the network that nothing was removed from.
#pragma once

#include "formats/data/dataset.h"
#include "train/experiments/sweep.h"
#include "train/loop/trainer.h"

namespace karnin {

/// As sweep(), with `tuning` after every pruning, each on one thread, side by side; accuracies are
/// on the test images. The same outcomes for any number of threads. Throws what sweep() and Trainer
/// throw.
void tuned_sweep(const Model& model, const Dataset& dataset, const SweepOptions& options,
                 const TrainOptions& tuning, SweepOutcomes& outcomes, const Watcher& watcher);

}  // namespace karnin
