#include "train/experiments/recorded_sweep.h"

#include <algorithm>
#include <chrono>

#include "train/experiments/tuned_sweep.h"
#include "train/pruning/gradient_scores.h"

namespace karnin {
namespace {

/// Without training a point may take less time than a file to be flushed.
constexpr std::chrono::milliseconds kPause{1000};

void sweep_one(Model model, const Dataset& dataset, const SweepOptions& options,
               const SweepMeans& means, SweepOutcomes& outcomes, const Watcher& watcher) {
  if (std::ranges::all_of(outcomes, [](const auto& outcome) { return outcome.has_value(); }))
    return;
  if (std::ranges::any_of(options.methods, needs_gradients))
    add_gradient_scores(model, dataset.train, {means.score_images, means.tuning.seed});
  if (means.tuning.epochs > 0)
    tuned_sweep(model, dataset, options, means.tuning, outcomes, watcher);
  else
    sweep(model, dataset.test, options, outcomes, watcher);
}

}  // namespace

void sweep_all(const std::vector<Model>& models, const Dataset& dataset,
               const SweepOptions& options, const SweepMeans& means, SweepRecord& record,
               const Watcher& watcher) {
  const auto pause = means.tuning.epochs > 0 ? std::chrono::milliseconds(0) : kPause;
  for (std::size_t i = 0; i < models.size() && !watcher.stopped(); ++i) {
    Watcher of_one = watcher;
    of_one.progress = [&](double fraction, const Watcher::Words& what) {
      record.save_after(pause);
      const double done = static_cast<double>(i) + fraction;
      watcher.report(done / static_cast<double>(models.size()), what);
    };
    try {
      sweep_one(models[i], dataset, options, means, record.outcomes(i), of_one);
    } catch (...) {
      record.save();
      throw;
    }
  }
  record.save();
}

}  // namespace karnin
