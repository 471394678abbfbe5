#include "train/experiments/tuned_sweep.h"

#include <fmt/format.h>

#include <mutex>

#include "runtime/core/parallel.h"
#include "runtime/engine.h"
#include "train/augmentation.h"
#include "train/experiments/prunings.h"

namespace karnin {
namespace {

/// One point of one series.
struct Point {
  std::string name;
  Pruning pruning;
};

ConfusionMatrix classify(const Model& model, const ImageSet& images) {
  Engine engine(model, {.threads = 1, .race = false});
  const std::int64_t size = images.extent.size();
  std::vector<float> logits(static_cast<std::size_t>(images.size() * engine.classes()));
  engine.run(
      images.size(),
      [&](std::int64_t first, std::int64_t count, float* dst) {
        for (std::int64_t i = 0; i < count; ++i)
          load_image(images.image(first + i), images.extent, model.preprocess, dst + i * size);
      },
      logits);
  ConfusionMatrix confusion(engine.classes());
  confusion.add(images.labels, predict(logits, engine.classes()));
  return confusion;
}

Outcome tune(Model model, const Point& point, const Dataset& dataset, TrainOptions tuning,
             const Watcher& watcher) {
  PruneReport report = point.pruning(model);
  model.sensitivities.clear();
  tuning.threads = 1;
  Trainer trainer(model, dataset.train, tuning);
  for (std::int64_t epoch = 0; epoch < tuning.epochs && !watcher.stopped(); ++epoch)
    trainer.run_epoch([&](const StepReport&) { return watcher.stopped(); });
  return {std::move(report), classify(model, dataset.test)};
}

std::vector<Point> points_of(const std::vector<SeriesPlan>& plans) {
  std::vector<Point> points;
  for (const SeriesPlan& plan : plans)
    for (const double setting : plan.settings)
      points.push_back({fmt::format("{} at {}", plan.name, setting), plan.pruning(setting)});
  return points;
}

}  // namespace

std::vector<Series> tuned_sweep(const Model& model, const Dataset& dataset,
                                const SweepOptions& options, const TrainOptions& tuning,
                                const Watcher& watcher) {
  const std::vector<SeriesPlan> plans = plans_of(options);
  const std::vector<Point> points = points_of(plans);
  std::vector<Outcome> outcomes(points.size(), {{}, ConfusionMatrix(1)});
  std::mutex mutex;
  std::size_t done = 0;
  Arena arena(options.threads);
  arena.for_each(static_cast<std::int64_t>(points.size()), [&](std::int64_t i) {
    const auto index = static_cast<std::size_t>(i);
    if (watcher.stopped()) return;
    outcomes[index] = tune(model, points[index], dataset, tuning, watcher);
    const std::lock_guard lock(mutex);
    watcher.tell(static_cast<double>(++done) / static_cast<double>(points.size()),
                 points[index].name);
  });
  if (watcher.stopped()) return {};
  return series_of(plans, std::move(outcomes));
}

}  // namespace karnin
