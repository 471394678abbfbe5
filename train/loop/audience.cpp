#include "train/loop/audience.h"

#include <algorithm>
#include <cassert>

namespace karnin {

void Audience::follow(WeightPolicy& policy) {
  assert(policy_ == nullptr);
  policy_ = &policy;
}

bool Audience::wants_pruned_gradients() const {
  const auto wants = [](const auto* someone) { return someone->wants_pruned_gradients(); };
  return (policy_ != nullptr && wants(policy_)) || std::ranges::any_of(observers_, wants);
}

void Audience::start(TrainedWeights& weights) {
  start_anew(weights.model);
  if (policy_ != nullptr) policy_->before_run(weights);
}

void Audience::start_anew(const Model& model) {
  for (UpdateObserver* observer : observers_) observer->on_start(model);
}

void Audience::tell(const WeightUpdate& update) const noexcept {
  for (UpdateObserver* observer : observers_) observer->on_update(update);
  if (policy_ != nullptr) policy_->on_update(update);
}

void Audience::end_step(const StepInfo& step, Model& model) {
  if (policy_ != nullptr) policy_->after_update(step, model);
  for (UpdateObserver* observer : observers_) observer->on_step_end(step);
}

void Audience::ask(const StepInfo& step, TrainedWeights& weights) {
  if (policy_ != nullptr && policy_->between_steps(step, weights)) start_anew(weights.model);
}

void Audience::end_epoch(const Model& model) {
  for (UpdateObserver* observer : observers_) observer->on_epoch_end(model);
}

}  // namespace karnin
