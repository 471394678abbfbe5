#include "cli/verbs/sweep_report.h"

#include <fmt/core.h>

#include "cli/console/table.h"
#include "cli/verbs/prune_report.h"
#include "formats/report/quantity.h"
#include "train/session/dataset_title.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string removed_table(const std::vector<Series>& all, const SweepOptions& options) {
  Table table("lrrrrr");
  table.add({"method", options.are_thresholds ? "threshold" : "sparsity", "removed", "pruned",
             "share", "test accuracy"});
  for (const Series& series : all)
    for (std::size_t i = 0; i < series.settings.size(); ++i) {
      const auto& [report, confusion] = series.outcomes[i];
      const PruneReport::LayerCount sum = total(report);
      const auto share = static_cast<double>(sum.pruned) / static_cast<double>(sum.weights);
      table.add({series.name, fmt::format("{:.4g}", series.settings[i]), count(sum.removed),
                 count(sum.pruned), percent(share), percent(confusion.accuracy())});
    }
  return table.str();
}

/// A row a method, a column a value.
std::string accuracy_table(const std::vector<ModelSweep>& all, const SweepOptions& options) {
  const std::vector<Series>& first = all.front().series;
  Table table("l" + std::string(options.values.size(), 'r'));
  std::vector<std::string> header{options.are_thresholds ? "threshold" : "sparsity"};
  for (const double value : options.values) header.push_back(fmt::format("{:.4g}", value));
  table.add(std::move(header));
  for (std::size_t s = 0; s < first.size(); ++s) {
    std::vector<std::string> row{first[s].name};
    for (std::size_t i = 0; i < options.values.size(); ++i) {
      const Spread spread = accuracy_spread(all, s, i);
      row.push_back(spread.count == 1 ? fmt::format("{:.2f}", spread.mean)
                                      : fmt::format("{:.2f} ± {:.2f}", spread.mean, spread.sd));
    }
    table.add(std::move(row));
  }
  return table.str();
}

std::string describe(const std::vector<ModelSweep>& all, const SweepOptions& options) {
  if (all.size() == 1) return removed_table(all.front().series, options);
  return fmt::format("test accuracy in %, mean and standard deviation of {} models\n{}", all.size(),
                     accuracy_table(all, options));
}

}  // namespace

Json sweep_json(const SweepRecord& record, const SweepOptions& options) {
  Json rows = Json::array();
  const auto add = [&](const std::string& model, const Series& series) {
    for (std::size_t i = 0; i < series.settings.size(); ++i)
      rows.push_back({{"model", model},
                      {"method", series.name},
                      {options.are_thresholds ? "threshold" : "sparsity", series.settings[i]},
                      {"accuracy", series.outcomes[i].confusion.accuracy()},
                      {"removed", removed(series.outcomes[i].report)},
                      {"pruned", total(series.outcomes[i].report).pruned},
                      {"layers", to_json(series.outcomes[i].report.layers)}});
  };
  for (const ModelSweep& sweep : record.sweeps())
    for (const Series& series : sweep.series) add(sweep.model, series);
  return {{"file", record.found() == 0 ? Json() : Json(record.csv_file().string())},
          {"interrupted", record.found() < record.points()},
          {"rows", std::move(rows)}};
}

std::string sweep_text(const Dataset& dataset, const SweepRecord& record,
                       const SweepOptions& options) {
  if (record.found() == 0) return "interrupted: nothing was found yet\n";
  if (record.found() < record.points())
    return fmt::format("interrupted: {} of {} points are in {}; --resume goes on\n", record.found(),
                       record.points(), record.csv_file().parent_path().string());
  return fmt::format("{}, {} test images\n{}", title(dataset), count(dataset.test.size()),
                     describe(record.sweeps(), options));
}

}  // namespace karnin::cli
