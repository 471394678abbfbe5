#include "train/loop/weight_average.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/core/error.h"
#include "train/loop/snapshot.h"
#include "train/loop/zero_pruned.h"

namespace karnin {

WeightAverage::WeightAverage(const Model& model, double decay) : model_(model), decay_(decay) {
  if (!(decay > 0 && decay < 1))
    throw ArgumentError(
        fmt::format("decay of the average: expected a number between 0 and 1, got {}", decay));
  for (const ParameterSpec& spec : parameter_specs(model.graph))
    is_statistic_.push_back(is_statistic(spec.role));
}

void WeightAverage::on_start(const Model& model) { state_ = {0, values_of(model)}; }

void WeightAverage::on_step_end(const StepInfo& /*step*/) {
  // What the policy pruned before the first step has no part in the average.
  for (std::size_t p = 0; state_.steps == 0 && p < state_.average.size(); ++p)
    zero_pruned(model_.parameters[p].mask, state_.average[p]);
  const auto n = static_cast<double>(state_.steps++);
  const auto share = static_cast<float>(1 - std::min(decay_, (1 + n) / (10 + n)));
  for (std::size_t p = 0; p < state_.average.size(); ++p) {
    const float* weights = model_.parameters[p].value.data();
    if (is_statistic_[p]) {
      std::ranges::copy(model_.parameters[p].value.span(), state_.average[p].data());
      continue;
    }
    for (float& average : state_.average[p].span()) average += share * (*weights++ - average);
  }
}

void WeightAverage::apply(Model& model) const { put_under_masks(state_.average, model); }

}  // namespace karnin
