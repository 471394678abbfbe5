#include "train/loop/rate_plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace karnin {

double RatePlan::planned(std::int64_t step) const {
  return learning_rate_at(options_, std::min(step, steps_ - 1), steps_, steps_per_epoch_);
}

/// Sampled in the middle of a step, as schedule.h does.
double RatePlan::at(std::int64_t step) const {
  const auto [begin, steps] = cooldown_;
  if (steps == 0 || step < begin) return planned(step);
  const double x = (static_cast<double>(step - begin) + 0.5) / static_cast<double>(steps);
  return planned(begin) * 0.5 * (1 + std::cos(std::numbers::pi * std::min(x, 1.0)));
}

}  // namespace karnin
