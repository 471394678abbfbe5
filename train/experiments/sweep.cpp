#include "train/experiments/sweep.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/csv.h"
#include "runtime/core/error.h"
#include "train/experiments/prunings.h"

namespace karnin {

std::vector<PruneMethod> methods_for(const Model& model) {
  std::vector<PruneMethod> methods;
  for (const Sensitivity& sensitivity : model.sensitivities)
    methods.push_back(prune_method_from_string(sensitivity.method));
  methods.insert(methods.end(), {PruneMethod::magnitude, PruneMethod::random});
  return methods;
}

std::vector<Series> sweep(const Model& model, const ImageSet& images, const SweepOptions& options) {
  if (options.methods.empty()) throw ArgumentError("sweep: expected a method, got none");
  if (options.values.empty()) throw ArgumentError("sweep: expected a value, got none");
  std::vector<SeriesPlan> plans;
  for (const PruneMethod method : options.methods) {
    PruneOptions prune = options.prune;
    prune.method = method;
    const auto pruning = [prune, &options](double value) mutable {
      (options.are_thresholds ? prune.threshold : prune.sparsity) = value;
      return pruning_by(prune);
    };
    plans.push_back({std::string(to_string(method)), options.values, pruning});
  }
  PruningEvaluator evaluator(model, images, options.prune.layers, options.threads);
  return measure(evaluator, plans);
}

std::string sweep_csv(const std::vector<Series>& all, const SweepOptions& options) {
  std::vector<std::string> header{"method", options.are_thresholds ? "threshold" : "sparsity",
                                  "accuracy_percent", "correct", "removed"};
  for (const PruneReport::LayerCount& layer : all.at(0).outcomes.at(0).report.layers)
    header.push_back("removed_" + layer.layer);
  Csv csv(header);
  for (const Series& series : all)
    for (std::size_t i = 0; i < series.settings.size(); ++i) {
      const auto& [report, confusion] = series.outcomes[i];
      std::vector<std::string> row{series.name, fmt::format("{}", series.settings[i]),
                                   fmt::format("{:.4f}", 100 * confusion.accuracy()),
                                   std::to_string(confusion.correct()),
                                   std::to_string(removed(report))};
      for (const PruneReport::LayerCount& layer : report.layers)
        row.push_back(std::to_string(layer.removed));
      csv.add(row);
    }
  return csv.str();
}

}  // namespace karnin
