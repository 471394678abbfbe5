// Who wants to know what every weight update did. Observers watch; who acts is the WeightPolicy
// (weight_policy.h).
#pragma once

#include <cstdint>
#include <span>

#include "runtime/graph/model.h"

namespace karnin {

/// One optimizer step.
struct StepInfo {
  std::int64_t epoch = 0;  ///< 1-based
  std::int64_t step = 0;   ///< 1-based, of the whole run
  double learning_rate = 0;
};

/// One range of one parameter in one optimizer step.
struct WeightUpdate {
  std::size_t parameter = 0;  ///< index in Model::parameters
  std::int64_t offset = 0;    ///< of the range, in elements
  /// Of the data loss alone, batch mean (no decay), of the batch that is learnt or of images held
  /// out (Trainer::observe_on). 0 for weights that a held mask prunes, if nobody wants those.
  std::span<const float> gradient;
  std::span<const float> delta;  ///< w after - w before
  double learning_rate = 0;
};

class UpdateObserver {
 public:
  virtual ~UpdateObserver() = default;
  /// Before the first step of a run, and before the policy acts; again where a run goes on from
  /// other weights.
  virtual void on_start(const Model& model) = 0;
  /// Called from several threads at once, for disjoint ranges. Ranges cover every parameter once a
  /// step.
  virtual void on_update(const WeightUpdate& update) noexcept = 0;
  /// Whether the gradients of pruned weights are worth computing; asked before every step.
  virtual bool wants_pruned_gradients() const { return false; }
  /// After all ranges of a step; serial.
  virtual void on_step_end(const StepInfo& step) = 0;
  /// Weights in `model` are current; serial.
  virtual void on_epoch_end(const Model& model) = 0;
};

}  // namespace karnin
