#include "train/experiments/result_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "formats/report/csv.h"
#include "runtime/core/networks.h"
#include "train/experiments/confusion_csv.h"
#include "train/experiments/paper.h"
#include "train/experiments/statistics.h"

namespace karnin {
namespace {

using Row = std::vector<std::string>;

std::string percent(double share) { return fmt::format("{:.4f}", 100 * share); }

/// Blank where there is nothing to speak of.
void append_spread(Row& row, const std::vector<double>& values) {
  if (values.empty()) return row.resize(row.size() + 2);
  const Spread spread = spread_of(values);
  row.push_back(fmt::format("{:.4f}", spread.mean));
  row.push_back(spread.count < 2 ? "" : fmt::format("{:.4f}", spread.sd));
}

void append_values(Row& row, const std::vector<double>& values) {
  for (const double value : values) row.push_back(fmt::format("{:.4f}", value));
}

Row seed_columns(const std::vector<Measurements>& all, const std::string& what) {
  Row columns;
  for (const Measurements& m : all) columns.push_back(fmt::format("{}_seed_{}", what, m.seed));
  return columns;
}

void append(Row& row, const Row& more) { row.insert(row.end(), more.begin(), more.end()); }

const ConfusionMatrix& base_of(const Measurements& m) { return m.base; }
const ConfusionMatrix& pruned_of(const Measurements& m) {
  return at_first_threshold(m, "karnin-sgd").confusion;
}
const ConfusionMatrix& random_of(const Measurements& m) {
  return at_first_threshold(m, "random").confusion;
}
using ConfusionOf = const ConfusionMatrix& (*)(const Measurements&);

/// Tables 1 and 2: the layers of one kind. The paper's columns are for its 3x32x32 images.
template <typename Spec>
std::string layer_table(const Dataset& dataset) {
  const Architecture net = paper_recipe(dataset, 1).architecture;
  const Architecture printed = khanal2018();
  const std::vector<Extent> extents = infer_extents(net);
  const std::vector<Extent> paper_extents = infer_extents(printed);
  Csv csv({"layer", "inputs", "outputs", "kernel", "paper_inputs", "paper_outputs"});
  const bool conv = std::is_same_v<Spec, Conv2d>;
  for (std::size_t i = 0; i < net.nodes.size(); ++i) {
    if (!std::holds_alternative<Spec>(net.nodes[i].spec)) continue;
    const auto inputs = [&](const Extent& image, const std::vector<Extent>& all) {
      const Extent& src = i == 0 ? image : all[i - 1];
      return std::to_string(conv ? src.c : src.size());
    };
    std::string kernel;
    if (const auto* spec = std::get_if<Conv2d>(&net.nodes[i].spec))
      kernel = fmt::format("{}x{}", spec->kh, spec->kw);
    csv.add({net.nodes[i].name, inputs(net.input, extents), std::to_string(extents[i].c), kernel,
             inputs(printed.input, paper_extents), std::to_string(paper_extents[i].c)});
  }
  return csv.str();
}

/// Tables 3 to 5: accuracy within each class, blank where there are no images of it, and of all.
std::string class_table(const Reproduction& results, const Dataset& dataset,
                        const std::array<int, 10>& paper, int paper_total, ConfusionOf of) {
  Row header{"class", "paper", "mean", "sd", "dropout_mean", "dropout_sd"};
  append(header, seed_columns(results.paper, "accuracy"));
  Csv csv(header);
  const auto add = [&](const std::string& name, const std::string& printed, auto share) {
    Row row{name, printed};
    const auto number = [&](const Measurements& m) -> std::optional<double> {
      const std::optional<double> of_one = share(of(m));
      return of_one ? std::optional(100 * *of_one) : std::nullopt;
    };
    const std::vector<double> values = by_seed(results.paper, number);
    append_spread(row, values);
    if (results.dropout.empty())
      append(row, {"", ""});
    else
      append_spread(row, by_seed(results.dropout, number));
    append_values(row, values);
    row.resize(header.size());  // a class that no image is of
    csv.add(row);
  };
  for (std::size_t c = 0; c < dataset.classes.size(); ++c)
    add(dataset.classes[c], has_paper_classes(dataset) ? std::to_string(paper[c]) : "",
        [c](const ConfusionMatrix& m) { return m.class_accuracy(static_cast<std::int64_t>(c)); });
  add("all", has_paper_classes(dataset) ? std::to_string(paper_total) : "",
      [](const ConfusionMatrix& m) { return m.accuracy(); });
  return csv.str();
}

/// Tables 6 and 7: accuracy and synapses removed at every threshold.
std::string threshold_table(const Reproduction& results, const std::string& method,
                            const std::array<paper::SweepRow, 5>& printed) {
  Row header{"threshold",        "paper_accuracy", "paper_removed_fc1", "paper_removed_fc2",
             "accuracy_mean",    "accuracy_sd",    "removed_fc1_mean",  "removed_fc1_sd",
             "removed_fc2_mean", "removed_fc2_sd"};
  for (const char* what : {"accuracy", "removed_fc1", "removed_fc2"})
    append(header, seed_columns(results.paper, what));
  Csv csv(header);
  const std::vector<double> thresholds = paper_thresholds();
  for (std::size_t t = 0; t < thresholds.size(); ++t) {
    Row row{fmt::format("{:.6g}", thresholds[t]), "", "", ""};
    if (const auto found = std::ranges::find(printed, t, &paper::SweepRow::threshold);
        found != printed.end()) {
      row[1] = fmt::format("{:.0f}", found->accuracy);
      row[2] = std::to_string(found->fc1);
      row[3] = std::to_string(found->fc2);
    }
    const auto outcome = [&](const Measurements& m) -> const Outcome& {
      return series_named(m.thresholds, method).outcomes[t];
    };
    const std::array columns{
        by_seed(results.paper,
                [&](const auto& m) { return 100 * outcome(m).confusion.accuracy(); }),
        by_seed(results.paper,
                [&](const auto& m) { return double(outcome(m).report.layers[0].removed); }),
        by_seed(results.paper,
                [&](const auto& m) { return double(outcome(m).report.layers[1].removed); })};
    for (const auto& values : columns) append_spread(row, values);
    for (const auto& values : columns) append_values(row, values);
    csv.add(row);
  }
  return csv.str();
}

std::string samples_csv(const Dataset& dataset) {
  Csv csv({"test_image", "class"});
  for (const std::int64_t image : sample_images(dataset))
    csv.add({std::to_string(image),
             dataset.classes[dataset.test.labels[static_cast<std::size_t>(image)]]});
  return csv.str();
}

std::string loss_csv(const Reproduction& results) {
  Csv csv({"recipe", "seed", "images", "loss"});
  for (const auto* group : {&results.paper, &results.dropout, &results.readings})
    for (const Measurements& m : *group)
      for (const LossPoint& point : m.loss)
        csv.add({m.recipe, std::to_string(m.seed), std::to_string(point.images),
                 fmt::format("{:.6f}", point.loss)});
  return csv.str();
}

std::string training_confusions(const Reproduction& results, const Dataset& dataset) {
  constexpr std::array kNetworks{"base", "pruned", "random"};
  ConfusionCsv csv(dataset);
  for (std::size_t i = 0; i < kNetworks.size(); ++i)
    for (const Measurements& m : results.paper) csv.add(kNetworks[i], m.seed, m.train[i]);
  return csv.str();
}

std::string test_confusions(const Reproduction& results, const Dataset& dataset,
                            const std::vector<std::pair<std::string, ConfusionOf>>& networks) {
  ConfusionCsv csv(dataset);
  for (const auto& [name, of] : networks) {
    for (const Measurements& m : results.paper) csv.add(name, m.seed, of(m));
    for (const Measurements& m : results.dropout) csv.add("dropout-" + name, m.seed, of(m));
  }
  return csv.str();
}

using SeriesOf = std::vector<Series> Measurements::*;

/// A line for every outcome of the chosen series.
std::string series_csv(const std::string& axis, const Reproduction& results,
                       const std::vector<SeriesOf>& members) {
  Csv csv({"recipe", "seed", "method", axis, "accuracy", "removed_fc1", "removed_fc2"});
  for (const auto* group : {&results.paper, &results.dropout, &results.readings})
    for (const Measurements& m : *group)
      for (const SeriesOf member : members)
        for (const Series& series : m.*member)
          for (std::size_t i = 0; i < series.settings.size(); ++i)
            csv.add({m.recipe, std::to_string(m.seed), series.name,
                     fmt::format("{:.6g}", series.settings[i]),
                     percent(series.outcomes[i].confusion.accuracy()),
                     std::to_string(series.outcomes[i].report.layers[0].removed),
                     std::to_string(series.outcomes[i].report.layers[1].removed)});
  return csv.str();
}

std::string scores_csv(const Reproduction& results) {
  Csv csv({"seed", "layer", "lowest", "highest", "zero_lands_at", "from", "weights"});
  for (const Measurements& m : results.paper)
    for (const ScoreDistribution& d : m.scores)
      for (std::size_t bin = 0; bin < d.counts.size(); ++bin)
        csv.add({std::to_string(m.seed), d.layer, fmt::format("{:.6g}", d.lowest),
                 fmt::format("{:.6g}", d.highest), fmt::format("{:.6g}", d.zero),
                 fmt::format("{:.2f}", static_cast<double>(bin) / double(kScoreBins)),
                 std::to_string(d.counts[bin])});
  return csv.str();
}

}  // namespace

std::vector<ResultFile> result_files(const Reproduction& results, const Dataset& dataset) {
  return {
      {"table-1.csv", layer_table<Conv2d>(dataset)},
      {"table-2.csv", layer_table<FullyConnected>(dataset)},
      {"table-3.csv", class_table(results, dataset, paper::kBase, paper::kAccuracy, base_of)},
      {"table-4.csv", class_table(results, dataset, paper::kPruned, paper::kAccuracy, pruned_of)},
      {"table-5.csv",
       class_table(results, dataset, paper::kRandom, paper::kRandomAccuracy, random_of)},
      {"table-6.csv", threshold_table(results, "karnin-sgd", paper::kTable6)},
      {"table-7.csv", threshold_table(results, "random", paper::kTable7)},
      {"figure-1.csv", samples_csv(dataset)},
      {"figure-2.csv", loss_csv(results)},
      {"figure-3.csv", training_confusions(results, dataset)},
      {"figure-4.csv",
       test_confusions(results, dataset, {{"base", base_of}, {"pruned", pruned_of}})},
      {"figure-5.csv", test_confusions(results, dataset, {{"random", random_of}})},
      {"figure-6.csv", series_csv("threshold", results, {&Measurements::thresholds})},
      {"sparsity.csv", series_csv("sparsity", results, {&Measurements::sparsities})},
      {"controls.csv", series_csv("threshold", results, {&Measurements::controls})},
      {"readings.csv", series_csv("threshold", results, {&Measurements::readings})},
      {"scores.csv", scores_csv(results)},
  };
}

std::vector<std::int64_t> sample_images(const Dataset& dataset) {
  std::vector<std::int64_t> samples;
  for (std::size_t c = 0; c < dataset.classes.size(); ++c) {
    const auto found = std::ranges::find(dataset.test.labels, static_cast<std::uint8_t>(c));
    if (found != dataset.test.labels.end()) samples.push_back(found - dataset.test.labels.begin());
  }
  return samples;
}

bool has_paper_classes(const Dataset& dataset) {
  return std::ranges::equal(dataset.classes, paper::kClasses);
}

}  // namespace karnin
