#include "train/experiments/parallel_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "runtime/core/parallel.h"
#include "train/loop/initialise.h"
#include "train/pruning/recorder.h"

namespace karnin {
namespace {

constexpr std::int64_t kPointsPerEpoch = 50;

/// Turns an epoch's running means into means over windows of equal length.
class LossCurve {
 public:
  LossCurve(const Recipe& recipe, std::int64_t images)
      : batch_(recipe.train.batch), images_(images) {}

  void add(const StepReport& step) {
    const std::int64_t window = std::max<std::int64_t>(1, step.steps / kPointsPerEpoch);
    if (step.step % window != 0 && step.step != step.steps) return;
    const std::int64_t seen = std::min(step.step * batch_, images_);
    const double sum = step.loss * static_cast<double>(seen);
    points_.push_back(
        {(step.epoch - 1) * images_ + seen, (sum - sum_) / static_cast<double>(seen - seen_)});
    const bool over = step.step == step.steps;
    seen_ = over ? 0 : seen;
    sum_ = over ? 0 : sum;
  }

  std::vector<LossPoint> take() && { return std::move(points_); }

 private:
  std::int64_t batch_;
  std::int64_t images_;  // of an epoch
  std::int64_t seen_ = 0;
  double sum_ = 0;
  std::vector<LossPoint> points_;
};

/// What the trainings of all threads have done so far.
class Tally {
 public:
  Tally(const Watcher& watcher, const std::vector<Recipe>& recipes, std::int64_t images)
      : watcher_(watcher) {
    for (const Recipe& recipe : recipes) planned_ += recipe.train.epochs * images;
  }

  void add(std::int64_t images, const std::string& what) {
    const std::lock_guard lock(mutex_);
    done_ += images;
    watcher_.report(static_cast<double>(done_) / static_cast<double>(planned_),
                    [&] { return what; });
  }

 private:
  const Watcher& watcher_;
  std::mutex mutex_;
  std::int64_t done_ = 0;
  std::int64_t planned_ = 0;
};

/// Nothing if it was stopped.
std::optional<TrainedNetwork> train(const Recipe& recipe, const Dataset& dataset, int threads,
                                    const Watcher& watcher, Tally& tally) {
  TrainedNetwork network{recipe, make_model(recipe.graph), {}};
  network.model.classes = dataset.classes;
  initialise(network.model, recipe.train.seed);
  TrainOptions options = recipe.train;
  options.threads = threads;
  Trainer trainer(network.model, dataset.train, options);
  SensitivityRecorder recorder;
  trainer.attach(recorder);
  LossCurve curve(recipe, dataset.train.size());
  const std::string name = fmt::format("training {}, seed {}", recipe.name, options.seed);
  for (std::int64_t epoch = 0; epoch < options.epochs && !watcher.stopped(); ++epoch) {
    std::int64_t told = 0;
    trainer.run_epoch([&](const StepReport& step) {
      curve.add(step);
      const std::int64_t seen = std::min(step.step * options.batch, dataset.train.size());
      if (step.step % 256 != 0 && step.step != step.steps) return false;
      tally.add(seen - std::exchange(told, seen), name);
      return watcher.stopped();
    });
  }
  if (watcher.stopped()) return std::nullopt;
  network.model.sensitivities = recorder.sensitivities(network.model);
  network.loss = std::move(curve).take();
  return network;
}

}  // namespace

std::vector<TrainedNetwork> train_all(const Dataset& dataset, const std::vector<Recipe>& recipes,
                                      const NetworkStore& store, int threads,
                                      const Watcher& watcher) {
  std::vector<std::optional<TrainedNetwork>> networks;
  std::vector<std::size_t> open;
  for (const Recipe& recipe : recipes) {
    networks.push_back(store.load(recipe));
    if (!networks.back()) open.push_back(networks.size() - 1);
  }
  std::vector<Recipe> left;
  for (const std::size_t i : open) left.push_back(recipes[i]);
  Tally tally(watcher, left, dataset.train.size());

  // Whole rounds of a network a thread, then the rest with more threads each.
  Arena arena(threads);
  const auto count = static_cast<std::int64_t>(open.size());
  const std::int64_t whole = count - count % arena.threads();
  const auto run = [&](std::int64_t first, std::int64_t last, int each) {
    arena.for_each(last - first, [&](std::int64_t i) {
      if (watcher.stopped()) return;
      const std::size_t index = open[static_cast<std::size_t>(first + i)];
      networks[index] = train(recipes[index], dataset, each, watcher, tally);
      if (networks[index]) store.save(*networks[index]);
    });
  };
  run(0, whole, 1);
  if (whole < count) run(whole, count, arena.threads() / static_cast<int>(count - whole));

  std::vector<TrainedNetwork> all;
  for (std::optional<TrainedNetwork>& network : networks) {
    if (!network) return {};
    all.push_back(std::move(*network));
  }
  return all;
}

}  // namespace karnin
