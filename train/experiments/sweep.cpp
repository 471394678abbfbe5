#include "train/experiments/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "formats/report/csv.h"
#include "runtime/core/error.h"
#include "train/experiments/prunings.h"

namespace karnin {
namespace {

/// Whether a chosen layer had been pruned before the sweep.
bool was_pruned_before(const ModelSweep& sweep) {
  return std::ranges::any_of(sweep.series, [](const Series& series) {
    return std::ranges::any_of(series.outcomes, [](const Outcome& outcome) {
      return total(outcome.report).pruned > total(outcome.report).removed;
    });
  });
}

}  // namespace

Spread accuracy_spread(const std::vector<ModelSweep>& all, std::size_t series, std::size_t value) {
  std::vector<double> accuracies;
  for (const ModelSweep& sweep : all)
    accuracies.push_back(100 * sweep.series.at(series).outcomes.at(value).confusion.accuracy());
  return spread_of(accuracies);
}

std::vector<PruneMethod> methods_for(const Model& model) {
  std::vector<PruneMethod> methods;
  for (const Sensitivity& sensitivity : model.sensitivities)
    methods.push_back(prune_method_from_string(sensitivity.method));
  methods.insert(methods.end(), {PruneMethod::magnitude, PruneMethod::lamp, PruneMethod::random});
  return methods;
}

PruneOptions pruning_at(const SweepOptions& options, double value) {
  PruneOptions prune = options.prune;
  if (options.are_thresholds)
    prune.until = Threshold{value};
  else
    prune.until = Sparsity{value};
  return prune;
}

std::vector<SeriesPlan> plans_of(const SweepOptions& options) {
  if (options.methods.empty()) throw ArgumentError("sweep: expected a method, got none");
  if (options.values.empty()) throw ArgumentError("sweep: expected a value, got none");
  std::vector<SeriesPlan> plans;
  for (const PruneMethod method : options.methods) {
    const auto pruning = [options, method](double value) {
      PruneOptions prune = pruning_at(options, value);
      prune.method = method;
      return pruning_by(prune);
    };
    plans.push_back({std::string(to_string(method)), options.values, pruning});
  }
  return plans;
}

std::vector<SweepPoint> points_of(const SweepOptions& options) {
  std::vector<SweepPoint> points;
  for (const SeriesPlan& plan : plans_of(options))
    for (const double setting : plan.settings)
      points.push_back({fmt::format("{} at {}", plan.name, setting), plan.pruning(setting)});
  return points;
}

void sweep(const Model& model, const ImageSet& images, const SweepOptions& options,
           SweepOutcomes& outcomes, const Watcher& watcher) {
  const std::vector<SweepPoint> points = points_of(options);
  assert(outcomes.size() == points.size());
  std::vector<Pruning> prunings;
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (outcomes[i]) continue;
    open.push_back(i);
    prunings.push_back(points[i].pruning);
  }
  if (open.empty()) return;
  auto done = static_cast<double>(points.size() - open.size());
  PruningEvaluator evaluator(model, images, options.prune.layers, options.threads);
  const auto found = [&](std::size_t i, Outcome outcome) {
    outcomes[open[i]] = std::move(outcome);
    watcher.report(++done / static_cast<double>(points.size()),
                   [&] { return points[open[i]].name; });
  };
  evaluator.evaluate(prunings, found, watcher.stop);
}

std::vector<Series> found_series(const SweepOptions& options, const SweepOutcomes& outcomes) {
  std::vector<Series> all;
  auto next = outcomes.begin();
  for (const SeriesPlan& plan : plans_of(options)) {
    Series series{plan.name, {}, {}};
    for (const double setting : plan.settings) {
      if (const std::optional<Outcome>& outcome = *next++; outcome) {
        series.settings.push_back(setting);
        series.outcomes.push_back(*outcome);
      }
    }
    if (!series.settings.empty()) all.push_back(std::move(series));
  }
  return all;
}

std::string sweep_csv(const std::vector<ModelSweep>& all, const SweepOptions& options) {
  const bool was_pruned = std::ranges::any_of(all, was_pruned_before);
  std::vector<std::string> header{
      "model",   "method", options.are_thresholds ? "threshold" : "sparsity", "accuracy_percent",
      "correct", "removed"};
  for (const PruneReport::LayerCount& layer : all.at(0).series.at(0).outcomes.at(0).report.layers)
    header.push_back("removed_" + layer.layer);
  if (was_pruned) header.emplace_back("pruned");
  Csv csv(header);
  const auto add = [&](const std::string& model, const Series& series) {
    for (std::size_t i = 0; i < series.settings.size(); ++i) {
      const auto& [report, confusion] = series.outcomes[i];
      std::vector<std::string> row{model,
                                   series.name,
                                   fmt::format("{}", series.settings[i]),
                                   fmt::format("{:.4f}", 100 * confusion.accuracy()),
                                   std::to_string(confusion.correct()),
                                   std::to_string(removed(report))};
      for (const PruneReport::LayerCount& layer : report.layers)
        row.push_back(std::to_string(layer.removed));
      if (was_pruned) row.push_back(std::to_string(total(report).pruned));
      csv.add(row);
    }
  };
  for (const ModelSweep& sweep : all)
    for (const Series& series : sweep.series) add(sweep.model, series);
  return csv.str();
}

Plot sweep_plot(const std::vector<ModelSweep>& all, const SweepOptions& options) {
  // Okabe and Ito's colours; the second time around the lines are dashed.
  constexpr std::array kColors{"#e69f00", "#56b4e9", "#009e73", "#2f7fc1",
                               "#d55e00", "#cc79a7", "#8a8a8a"};
  Plot plot{"sweep",
            "Accuracy of pruned networks",
            options.are_thresholds ? "threshold" : "share removed",
            "test accuracy, %",
            {}};
  const std::vector<Series>& first = all.at(0).series;
  for (std::size_t s = 0; s < first.size(); ++s) {
    PlotLine line{
        first[s].name, kColors[s % kColors.size()], {}, all.size() > 1, s >= kColors.size()};
    for (std::size_t i = 0; i < first[s].settings.size(); ++i) {
      const Spread spread = accuracy_spread(all, s, i);
      line.points.push_back(
          {first[s].settings[i], spread.mean, spread.mean - spread.sd, spread.mean + spread.sd});
    }
    plot.lines.push_back(std::move(line));
  }
  return plot;
}

}  // namespace karnin
