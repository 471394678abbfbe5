#include "train/experiments/result_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/report/csv.h"
#include "train/experiments/confusion_csv.h"
#include "train/experiments/paper.h"
#include "train/experiments/paper_tables.h"

namespace karnin {
namespace {

std::string percent(double share) { return fmt::format("{:.4f}", 100 * share); }

const ConfusionMatrix& base_of(const Measurements& m) { return m.base; }
const ConfusionMatrix& pruned_of(const Measurements& m) {
  return at_first_threshold(m, "karnin-sgd").confusion;
}
const ConfusionMatrix& random_of(const Measurements& m) {
  return at_first_threshold(m, "random").confusion;
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

using R = const Reproduction&;
using D = const Dataset&;

constexpr ResultFile kFiles[] = {
    {"table-1.csv", [](R, D data) { return conv_csv(data); }},
    {"table-2.csv", [](R, D data) { return fully_connected_csv(data); }},
    {"table-3.csv",
     [](R all, D data) { return class_csv(all, data, paper::kBase, paper::kAccuracy, base_of); }},
    {"table-4.csv",
     [](R all, D data) {
       return class_csv(all, data, paper::kPruned, paper::kAccuracy, pruned_of);
     }},
    {"table-5.csv",
     [](R all, D data) {
       return class_csv(all, data, paper::kRandom, paper::kRandomAccuracy, random_of);
     }},
    {"table-6.csv", [](R all, D) { return threshold_csv(all, "karnin-sgd", paper::kTable6); }},
    {"table-7.csv", [](R all, D) { return threshold_csv(all, "random", paper::kTable7); }},
    {"figure-1.csv", [](R, D data) { return samples_csv(data); }},
    {"figure-2.csv", [](R all, D) { return loss_csv(all); }},
    {"figure-3.csv", [](R all, D data) { return training_confusions(all, data); }},
    {"figure-4.csv",
     [](R all, D data) {
       return test_confusions(all, data, {{"base", base_of}, {"pruned", pruned_of}});
     }},
    {"figure-5.csv",
     [](R all, D data) { return test_confusions(all, data, {{"random", random_of}}); }},
    {"figure-6.csv",
     [](R all, D) { return series_csv("threshold", all, {&Measurements::thresholds}); }},
    {"sparsity.csv",
     [](R all, D) { return series_csv("sparsity", all, {&Measurements::sparsities}); }},
    {"controls.csv",
     [](R all, D) { return series_csv("threshold", all, {&Measurements::controls}); }},
    {"readings.csv",
     [](R all, D) { return series_csv("threshold", all, {&Measurements::readings}); }},
    {"scores.csv", [](R all, D) { return scores_csv(all); }},
};

}  // namespace

std::span<const ResultFile> result_files() { return kFiles; }

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
