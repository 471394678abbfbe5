#include "train/pruning/pruning_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/core/error.h"

namespace karnin {

void validate(const PruningSearchOptions& options) {
  if (!(options.max_drop >= 0 && options.max_drop <= 1))
    throw ArgumentError(
        fmt::format("drop of the accuracy: expected a share in [0, 1], got {}", options.max_drop));
  if (!(options.last_share > 0 && options.last_share <= options.first_share &&
        options.first_share < 1))
    throw ArgumentError(fmt::format("shares to prune: expected 0 < last <= first < 1, got {}, {}",
                                    options.last_share, options.first_share));
  if (options.patience < 0 || options.cooldown < 1)
    throw ArgumentError(
        fmt::format("expected a patience of 0 epochs or more and a cooldown of 1 or more, got {}, "
                    "{}",
                    options.patience, options.cooldown));
}

PruningSearch::PruningSearch(const PruningSearchOptions& options) : options_(options) {
  validate(options);
  state_.share = options.first_share;
}

PruningSearch::Action PruningSearch::note(double accuracy, double sparsity) {
  if (state_.cooled >= 0)
    return ++state_.cooled < options_.cooldown ? Action::train_on : Action::stop;
  state_.best = std::max(state_.best, accuracy);
  if (accuracy >= state_.best - options_.max_drop) {
    state_.waited = 0;
    if (sparsity <= state_.good) return begin_cooldown();
    state_.good = sparsity;
    return Action::prune;
  }
  if (state_.waited++ < options_.patience) return Action::train_on;
  state_.waited = 0;
  state_.share /= 2;
  if (state_.share >= options_.last_share) return Action::roll_back;
  return begin_cooldown();
}

PruningSearch::Action PruningSearch::begin_cooldown() {
  state_.cooled = 0;
  return Action::cool_down;
}

double PruningSearch::target() const { return 1 - (1 - state_.good) * (1 - state_.share); }

void PruningSearch::keep(const Model& model, double accuracy, double sparsity) {
  state_.good = sparsity;
  state_.kept_accuracy = accuracy;
  state_.kept.take(model);
}

void PruningSearch::bring_back(Model& model) const {
  if (!state_.kept.is_empty()) state_.kept.put_back(model);
}

}  // namespace karnin
