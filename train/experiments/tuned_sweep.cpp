#include "train/experiments/tuned_sweep.h"

#include <cassert>
#include <mutex>

#include "runtime/core/parallel.h"
#include "train/experiments/prunings.h"
#include "train/session/classification.h"

namespace karnin {
namespace {

/// Nothing if it was stopped on the way.
std::optional<Outcome> tune(Model model, const Pruning& pruning, const Dataset& dataset,
                            TrainOptions tuning, const Watcher& watcher) {
  PruneReport report = pruning(model);
  model.sensitivities.clear();
  tuning.threads = 1;
  Trainer trainer(model, dataset.train, tuning);
  bool stopped = watcher.stopped();
  for (std::int64_t epoch = 0; epoch < tuning.epochs && !stopped; ++epoch)
    trainer.run_epoch([&](const StepReport&) { return stopped = watcher.stopped(); });
  if (stopped) return std::nullopt;
  Engine engine(model, {.threads = 1, .race = false});
  return Outcome{std::move(report), classify(engine, model.preprocess, dataset.test)};
}

}  // namespace

void tuned_sweep(const Model& model, const Dataset& dataset, const SweepOptions& options,
                 const TrainOptions& tuning, SweepOutcomes& outcomes, const Watcher& watcher) {
  const std::vector<SweepPoint> points = points_of(options);
  assert(outcomes.size() == points.size());
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (!outcomes[i]) open.push_back(i);
  std::mutex mutex;
  auto done = static_cast<double>(points.size() - open.size());
  Arena arena(options.threads);
  arena.for_each(static_cast<std::int64_t>(open.size()), [&](std::int64_t i) {
    const std::size_t point = open[static_cast<std::size_t>(i)];
    std::optional<Outcome> outcome = tune(model, points[point].pruning, dataset, tuning, watcher);
    const std::lock_guard lock(mutex);
    outcomes[point] = std::move(outcome);
    if (outcomes[point])
      watcher.report(++done / static_cast<double>(points.size()),
                     [&] { return points[point].name; });
  });
}

}  // namespace karnin
