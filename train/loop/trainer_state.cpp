#include "train/loop/trainer_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/core/error.h"

namespace karnin {
namespace {

bool can_be_at(const RunLength& run, const TrainerState& state) {
  const EpochSums& so_far = state.epoch;
  return state.epochs_done >= 0 && state.epochs_done < run.epochs && so_far.steps >= 0 &&
         so_far.steps <= run.steps_per_epoch() &&
         so_far.images == std::min(so_far.steps * run.batch, run.images) && so_far.correct >= 0 &&
         so_far.correct <= so_far.images && std::isfinite(so_far.loss) &&
         state.cooldown_begin >= 0 && state.cooldown_begin <= state.steps_done &&
         state.cooldown_steps >= 0 &&
         state.steps_done == state.epochs_done * run.steps_per_epoch() + so_far.steps;
}

}  // namespace

void require_state_of(const RunLength& run, const TrainerState& state) {
  if (can_be_at(run, state)) return;
  throw ArgumentError(fmt::format(
      "state of the trainer: {} epochs, {} steps in all and {} of the epoch are not of "
      "a run of {} epochs with {} steps each",
      state.epochs_done, state.steps_done, state.epoch.steps, run.epochs, run.steps_per_epoch()));
}

}  // namespace karnin
