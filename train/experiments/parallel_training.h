// Several networks trained side by side: one a core costs less than every core for each in turn,
// because a batch of 4 leaves little to share.
#pragma once

#include <vector>

#include "train/experiments/network_store.h"
#include "train/session/watcher.h"

namespace karnin {

/// Every recipe's network, loaded if the store has it, else trained and saved as soon as it is
/// done. Empty if it was stopped; what was done by then is in the store. The same networks for any
/// number of threads. Throws what Trainer and NetworkStore throw.
std::vector<TrainedNetwork> train_all(const Dataset& dataset, const std::vector<Recipe>& recipes,
                                      const NetworkStore& store, int threads,
                                      const Watcher& watcher);

}  // namespace karnin
