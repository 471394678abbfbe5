// The learning rate of every step of a run: a schedule, and perhaps an end of it that nobody
// planned.
#pragma once

#include <cstdint>

#include "train/loop/schedule.h"

namespace karnin {

/// The rate falls from what it is to 0, along half a cosine.
struct Cooldown {
  std::int64_t begin = 0;  ///< step
  std::int64_t steps = 0;  ///< 0: there is none
};

class RatePlan {
 public:
  /// For a run of so many steps; options must be valid.
  RatePlan(const ScheduleOptions& options, std::int64_t steps, std::int64_t steps_per_epoch)
      : options_(options), steps_(steps), steps_per_epoch_(steps_per_epoch) {}

  /// Of step `step`, from 0. Past the end the last rate holds.
  double at(std::int64_t step) const;

  const Cooldown& cooldown() const { return cooldown_; }
  void cool_down(const Cooldown& cooldown) { cooldown_ = cooldown; }

 private:
  double planned(std::int64_t step) const;

  ScheduleOptions options_;
  std::int64_t steps_, steps_per_epoch_;
  Cooldown cooldown_;
};

}  // namespace karnin
