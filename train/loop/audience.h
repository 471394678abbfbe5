// Everybody whom a trainer tells of its steps: those who watch, and the one who may act.
#pragma once

#include <vector>

#include "train/loop/observer.h"
#include "train/loop/weight_policy.h"

namespace karnin {

class Audience {
 public:
  /// Not owned.
  void attach(UpdateObserver& observer) { observers_.push_back(&observer); }
  /// There is one policy at most.
  void follow(WeightPolicy& policy);

  bool holds_masks() const { return policy_ == nullptr || policy_->holds_masks(); }
  bool wants_pruned_gradients() const;

  /// Before the first step of a run.
  void start(TrainedWeights& weights);
  /// Observers alone: the weights are others than those that the last step left.
  void start_anew(const Model& model);
  /// From several threads at once.
  void tell(const WeightUpdate& update) const noexcept;
  void end_step(const StepInfo& step, Model& model);
  /// Lets the policy act.
  void ask(const StepInfo& step, TrainedWeights& weights);
  void end_epoch(const Model& model);

 private:
  std::vector<UpdateObserver*> observers_;
  WeightPolicy* policy_ = nullptr;
};

}  // namespace karnin
