// Epochs under somebody's eyes, who may end them.
#pragma once

#include <functional>

#include "train/session/training_log.h"
#include "train/session/watcher.h"

namespace karnin {

struct TrainingHooks {
  /// After every step; `last` if an interruption ends the run there.
  std::function<void(const StepReport& step, bool last)> on_step;
  /// After every epoch that was not interrupted, before it is told; true ends the run.
  std::function<bool(EpochRecord& epoch)> on_epoch;
};

/// Trains until the log has `epochs` entries or a hook ends it. True if it was interrupted before
/// that. Throws what Trainer::run_epoch and the hooks throw.
bool run_training(Trainer& trainer, std::int64_t epochs, const Watcher& watcher, TrainingLog& log,
                  const TrainingHooks& hooks = {});

}  // namespace karnin
