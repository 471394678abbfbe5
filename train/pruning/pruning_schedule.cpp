#include "train/pruning/pruning_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "runtime/core/error.h"
#include "runtime/core/named_enum.h"

namespace karnin {
namespace {

constexpr EnumNames<PruningPace, 3> kPaceNames{{{PruningPace::at_once, "at-once"},
                                                {PruningPace::gradual, "gradual"},
                                                {PruningPace::rounds, "rounds"}}};

// Every step asks which round it is in.
constexpr std::int64_t kMaxRounds = 1000;

}  // namespace

std::string_view to_string(PruningPace pace) { return name_of(kPaceNames, pace); }

PruningPace pruning_pace_from_string(std::string_view name) {
  return value_of(kPaceNames, "pace", name);
}

void validate(const PruningScheduleOptions& options) {
  const double end = options.pace == PruningPace::rounds ? 1 : options.end;
  if (!(options.begin >= 0 && options.begin <= end && end <= 1))
    throw ArgumentError(
        fmt::format("pruning: expected 0 <= begin <= end <= 1 in shares of the run, got {} and {}",
                    options.begin, end));
  if (options.rounds < 1 || options.rounds > kMaxRounds)
    throw ArgumentError(
        fmt::format("rounds of pruning: expected 1 to {}, got {}", kMaxRounds, options.rounds));
  if (options.events_per_epoch < 1)
    throw ArgumentError(
        fmt::format("prunings an epoch: expected 1 or more, got {}", options.events_per_epoch));
}

PruningSchedule::PruningSchedule(const PruningScheduleOptions& options, double from, double to,
                                 std::int64_t steps, std::int64_t steps_per_epoch)
    : options_(options),
      from_(from),
      to_(to),
      steps_(steps),
      begin_(std::llround(options.begin * static_cast<double>(steps))),
      end_(std::llround(options.end * static_cast<double>(steps))),
      interval_(std::max<std::int64_t>(1, steps_per_epoch / options.events_per_epoch)) {
  if (options.pace == PruningPace::rounds) end_ = round_start(options.rounds - 1);
}

double PruningSchedule::progress(std::int64_t step) const {
  if (step >= end_) return 1;
  return step < begin_ ? 0
                       : static_cast<double>(step - begin_) / static_cast<double>(end_ - begin_);
}

double PruningSchedule::sparsity(std::int64_t step) const {
  if (step < begin_ || to_ <= from_) return from_;
  if (options_.pace == PruningPace::at_once) return to_;
  if (options_.pace == PruningPace::gradual)
    return to_ + (from_ - to_) * std::pow(1 - progress(step), 3);
  std::int64_t round = 1;
  while (round < options_.rounds && round_start(round) <= step) ++round;
  const double kept = from_ < 1 ? (1 - to_) / (1 - from_) : 1;
  const double share = static_cast<double>(round) / static_cast<double>(options_.rounds);
  return 1 - (1 - from_) * std::pow(kept, share);
}

bool PruningSchedule::is_event(std::int64_t step) const {
  if (to_ < from_) return false;  // less is pruned layer by layer, but nothing is to come back
  if (step < begin_ || step > end_) return false;
  if (step == begin_ || step == end_) return true;
  if (options_.pace != PruningPace::rounds) return (step - begin_) % interval_ == 0;
  for (std::int64_t round = 1; round < options_.rounds; ++round)
    if (round_start(round) == step) return true;
  return false;
}

double PruningSchedule::freedom(std::int64_t step) const {
  return 0.5 * (1 + std::cos(std::numbers::pi * progress(step)));
}

}  // namespace karnin
