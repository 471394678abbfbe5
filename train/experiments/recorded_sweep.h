// A sweep whose points are saved as they are found.
#pragma once

#include "formats/data/dataset.h"
#include "train/experiments/sweep_record.h"
#include "train/session/watcher.h"

namespace karnin {

/// Finds what the record of these models lacks, until the watcher stops it: every point goes into
/// the record at once, and into its files. Throws what sweep(), tuned_sweep() and
/// SweepRecord::save() throw, with all saved that was found.
void sweep_all(const std::vector<Model>& models, const Dataset& dataset,
               const SweepOptions& options, const SweepMeans& means, SweepRecord& record,
               const Watcher& watcher);

}  // namespace karnin
