#include "train/experiments/reproduction.h"

#include <fmt/format.h>

#include <chrono>

#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr std::int64_t kMaxSeeds = 1000;

using Clock = std::chrono::steady_clock;
using Measure = Measurements (*)(const TrainedNetwork&, const Dataset&, int);

/// What the paper doesn't say, one other value each.
std::vector<Recipe> other_readings(const Dataset& dataset) {
  const auto reading = [&](std::string name, auto change) {
    Recipe recipe = paper_recipe(dataset, 1);
    recipe.name = std::move(name);
    change(recipe.train);
    return recipe;
  };
  return {reading("epochs-1", [](TrainOptions& train) { train.epochs = 1; }),
          reading("momentum-0", [](TrainOptions& train) { train.sgd.momentum = 0; }),
          reading("batch-32", [](TrainOptions& train) { train.batch = 32; }),
          reading("batch-128", [](TrainOptions& train) { train.batch = 128; })};
}

/// What a part of the work that begins at `from` and ends at `to` is watched by.
Watcher part_of(const Watcher& whole, double from, double to) {
  Watcher part = whole;
  part.progress = [=](double fraction, const Watcher::Words& what) {
    whole.report(from + fraction * (to - from), what);
  };
  return part;
}

/// Nothing of what was asked for if it is stopped.
std::vector<Measurements> measure_networks(const std::vector<TrainedNetwork>& networks,
                                           const Dataset& dataset, int threads, Measure measure,
                                           const Watcher& watcher) {
  std::vector<Measurements> all;
  for (const TrainedNetwork& network : networks) {
    if (watcher.stopped()) return {};
    watcher.report(1, [&] {
      return fmt::format("measuring {}, seed {}", network.recipe.name, network.recipe.train.seed);
    });
    all.push_back(measure(network, dataset, threads));
  }
  return all;
}

}  // namespace

Reproduction reproduce(const Dataset& dataset, const ReproductionOptions& options,
                       const Watcher& watcher) {
  if (options.seeds < 1 || options.seeds > kMaxSeeds)
    throw ArgumentError(fmt::format("seeds: expected 1 to {}, got {}", kMaxSeeds, options.seeds));
  const NetworkStore store(options.networks, dataset);
  const auto run = [&](const std::vector<Recipe>& recipes, Measure measure, const Watcher& watch,
                       double& seconds) {
    const Clock::time_point start = Clock::now();
    const auto networks = train_all(dataset, recipes, store, options.threads, watch);
    auto measurements = measure_networks(networks, dataset, options.threads, measure, watch);
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return measurements;
  };

  const auto seeds = static_cast<std::uint64_t>(options.seeds);
  std::vector<Recipe> paper;
  std::vector<Recipe> variants;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    paper.push_back(paper_recipe(dataset, seed));
    variants.push_back(dropout_recipe(dataset, seed));
  }
  for (Recipe& recipe : other_readings(dataset)) variants.push_back(std::move(recipe));

  const double all = static_cast<double>(paper.size() + (options.variants ? variants.size() : 0));
  const double part = static_cast<double>(paper.size()) / all;
  Reproduction result;
  result.paper = run(paper, measure_all, part_of(watcher, 0, part), result.paper_seconds);
  if (options.variants && !result.paper.empty()) {
    for (Measurements& m :
         run(variants, measure_variant, part_of(watcher, part, 1), result.variant_seconds))
      (m.recipe == "dropout" ? result.dropout : result.readings).push_back(std::move(m));
  }
  result.interrupted = result.paper.empty() || (options.variants && result.dropout.empty());
  return result;
}

}  // namespace karnin
