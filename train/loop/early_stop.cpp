#include "train/loop/early_stop.h"

#include <fmt/format.h>

#include "runtime/core/error.h"

namespace karnin {

EarlyStop::EarlyStop(std::int64_t patience) : patience_(patience) {
  if (patience < 1)
    throw ArgumentError(fmt::format("patience: expected 1 epoch or more, got {}", patience));
}

bool EarlyStop::note(std::int64_t epoch, double accuracy, const Model& model) {
  if (best_.epoch != 0 && accuracy <= best_.accuracy) return epoch - best_.epoch >= patience_;
  best_ = {epoch, accuracy, snapshot_of(model), model.sensitivities};
  return false;
}

void apply(const BestEpoch& best, Model& model) {
  if (best.epoch == 0) return;
  best.weights.put_back(model);
  model.sensitivities = best.sensitivities;
}

}  // namespace karnin
