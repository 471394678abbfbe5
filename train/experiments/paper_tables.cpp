#include "train/experiments/paper_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "formats/report/csv.h"
#include "runtime/graph/networks.h"
#include "train/experiments/result_files.h"
#include "train/experiments/statistics.h"

namespace karnin {
namespace {

using Row = std::vector<std::string>;

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

/// Tables 1 and 2: the layers of one kind. The paper's columns are for its 3x32x32 images.
template <typename Spec>
std::string layer_csv(const Dataset& dataset) {
  const Graph net = paper_recipe(dataset, 1).graph;
  const Graph printed = khanal2018();
  const std::vector<Extent> extents = infer_extents(net);
  const std::vector<Extent> paper_extents = infer_extents(printed);
  Csv csv({"layer", "inputs", "outputs", "kernel", "paper_inputs", "paper_outputs"});
  const bool conv = std::is_same_v<Spec, Conv2d>;
  for (NodeId id = 0; std::cmp_less(id, net.nodes.size()); ++id) {
    const Node& node = net.node(id);
    if (!is<Spec>(node.op)) continue;
    const auto inputs = [&](const Graph& graph, const std::vector<Extent>& all) {
      const Extent src = source_extents(graph, all, id).front();
      return std::to_string(conv ? src.c : src.size());
    };
    std::string kernel;
    if (const auto* spec = std::get_if<Conv2d>(&node.op))
      kernel = fmt::format("{}x{}", spec->kh, spec->kw);
    const auto i = static_cast<std::size_t>(id);
    csv.add({node.name, inputs(net, extents), std::to_string(extents[i].c), kernel,
             inputs(printed, paper_extents), std::to_string(paper_extents[i].c)});
  }
  return csv.str();
}

}  // namespace

std::string conv_csv(const Dataset& dataset) { return layer_csv<Conv2d>(dataset); }

std::string fully_connected_csv(const Dataset& dataset) {
  return layer_csv<FullyConnected>(dataset);
}

std::string class_csv(const Reproduction& results, const Dataset& dataset,
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

std::string threshold_csv(const Reproduction& results, const std::string& method,
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

}  // namespace karnin
