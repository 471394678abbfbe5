// Who decides, besides the optimizer, what becomes of weights and masks. A training has one such
// policy or none, and asks it; all others watch (observer.h).
#pragma once

#include "runtime/graph/model.h"
#include "train/loop/mask_set.h"
#include "train/loop/observer.h"
#include "train/loop/optimizer.h"

namespace karnin {

/// What a policy acts on between two steps.
struct TrainedWeights {
  Model& model;
  MaskSet& masks;  ///< of the model; to be told when one has changed
  SgdOptimizer& optimizer;
};

class WeightPolicy {
 public:
  virtual ~WeightPolicy() = default;
  /// Before the first step of a run; observers have been told of its start.
  virtual void before_run(TrainedWeights& /*weights*/) {}
  /// As an observer's: from several threads at once.
  virtual void on_update(const WeightUpdate& update) noexcept = 0;
  /// Right after the update, before anybody is told that the step is over; serial.
  virtual void after_update(const StepInfo& step, Model& model) = 0;
  /// When everybody knows of the step; serial. True if the run goes on from other weights, so that
  /// observers start anew.
  virtual bool between_steps(const StepInfo& /*step*/, TrainedWeights& /*weights*/) {
    return false;
  }

  /// Asked before every step: whether what the masks prune stays 0, or is updated like all other
  /// weights and put back to 0 by after_update().
  virtual bool holds_masks() const { return true; }
  /// As an observer's.
  virtual bool wants_pruned_gradients() const { return false; }
};

}  // namespace karnin
