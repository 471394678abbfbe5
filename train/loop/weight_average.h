// An exponential moving average of the weights (Polyak and Juditsky, SIAM J. Control Optim. 30(4),
// 1992; Tarvainen and Valpola, arXiv:1703.01780): what a run hovers around while its rate is high.
//   average += (1 - d) (w - average)        d = min(decay, (1 + n) / (10 + n)) in step n
// The ramp lets the start of the run be forgotten. Statistics of batch norm are running averages
// themselves: those of the last step are taken.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/graph/model.h"
#include "train/loop/observer.h"

namespace karnin {

class WeightAverage final : public UpdateObserver {
 public:
  struct State {
    std::int64_t steps = 0;
    std::vector<Tensor> average;  ///< as Model::parameters
    bool operator==(const State&) const = default;
  };

  /// Of the weights of this model, which must outlive it. Throws ArgumentError unless
  /// 0 < decay < 1.
  WeightAverage(const Model& model, double decay);

  void on_start(const Model& model) override;
  void on_update(const WeightUpdate& /*update*/) noexcept override {}
  void on_step_end(const StepInfo& step) override;
  void on_epoch_end(const Model& /*model*/) override {}

  /// Gives `model` the averages; what its masks prune stays 0.
  void apply(Model& model) const;

  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  const Model& model_;
  double decay_;
  std::vector<bool> is_statistic_;  // by parameter
  State state_;
};

}  // namespace karnin
