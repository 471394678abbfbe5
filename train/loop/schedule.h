// The learning rate as a function of the step.
#pragma once

#include <cstdint>
#include <string_view>

namespace karnin {

enum class ScheduleKind { constant, step, one_cycle };

struct ScheduleOptions {
  ScheduleKind kind = ScheduleKind::constant;
  double learning_rate = 0.001;  ///< one_cycle: the peak
  double step_factor = 0.1;      ///< step: multiplied in every `step_epochs`
  std::int64_t step_epochs = 10;
  double warmup = 0.3;      ///< one_cycle: share of a cycle that rises (linear up, cosine down)
  std::int64_t cycles = 1;  ///< one_cycle: how often the run goes through it
};

std::string_view to_string(ScheduleKind kind);             ///< "constant", "step", "one-cycle"
ScheduleKind schedule_from_string(std::string_view name);  ///< throws ArgumentError

/// Throws ArgumentError for a rate or factor that is not positive and finite, step_epochs or
/// cycles < 1, or a warmup outside [0, 1].
void validate(const ScheduleOptions& options);

/// Rate of optimizer step `step` (0-based) of `steps`, `steps_per_epoch` of them an epoch; options
/// must be valid. one_cycle samples its curve in the middle of each step, so that no step of the
/// run has rate 0; from `steps` on it is 0.
double learning_rate_at(const ScheduleOptions& options, std::int64_t step, std::int64_t steps,
                        std::int64_t steps_per_epoch);

}  // namespace karnin
