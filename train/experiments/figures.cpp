#include "train/experiments/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "train/experiments/paper.h"
#include "train/experiments/result_files.h"
#include "train/experiments/statistics.h"

namespace karnin {
namespace {

// Okabe and Ito's colours, told apart by everybody and on light and dark.
constexpr const char* kOrange = "#e69f00";
constexpr const char* kSky = "#56b4e9";
constexpr const char* kGreen = "#009e73";
constexpr const char* kBlue = "#2f7fc1";
constexpr const char* kVermilion = "#d55e00";
constexpr const char* kPink = "#cc79a7";
constexpr const char* kGrey = "#8a8a8a";

constexpr const char* kLossName = "figure-2";
constexpr const char* kAccuracyName = "figure-6-accuracy";
constexpr const char* kRemovedName = "figure-6-removed";
constexpr const char* kSparsityName = "sparsity";
constexpr std::array kScoresName{"scores-fc1", "scores-fc2"};
constexpr const char* kDropoutName = "dropout";

std::string color_of(const std::string& method) {
  constexpr std::array kColors{
      std::pair{"magnitude", kOrange},     std::pair{"karnin-gradient-epoch", kGreen},
      std::pair{"karnin-epoch", kSky},     std::pair{"karnin", kBlue},
      std::pair{"karnin-sgd", kVermilion}, std::pair{"khanal-pseudocode", kPink}};
  for (const auto& [name, color] : kColors)
    if (method == name) return color;
  return kGrey;
}

PlotPoint point_of(double x, const std::vector<double>& values) {
  const Spread spread = spread_of(values);
  return {x, spread.mean, spread.mean - spread.sd, spread.mean + spread.sd};
}

using SeriesOf = std::vector<Series> Measurements::*;

/// Mean accuracy and its band along a series.
PlotLine accuracy_line(const std::vector<Measurements>& all, SeriesOf member,
                       const std::string& method, double x_factor) {
  PlotLine line{method, color_of(method), {}, all.size() > 1};
  const std::vector<double> settings = series_named(all.front().*member, method).settings;
  for (std::size_t i = 0; i < settings.size(); ++i)
    line.points.push_back(
        point_of(settings[i] * x_factor, by_seed(all, [&](const auto& m) {
                   return 100 * series_named(m.*member, method).outcomes[i].confusion.accuracy();
                 })));
  return line;
}

/// Along the thresholds, one thin line a seed: a mean would hide that they disagree.
template <typename Number>
std::vector<PlotLine> seed_lines(const std::vector<Measurements>& all, const std::string& method,
                                 const Number& number) {
  std::vector<PlotLine> lines;
  for (const Measurements& m : all) {
    PlotLine line{lines.empty() ? method + ", each seed" : "", color_of(method), {}};
    line.width = 1.3;
    const Series& series = series_named(m.thresholds, method);
    for (std::size_t i = 0; i < series.settings.size(); ++i)
      line.points.push_back({series.settings[i], number(series.outcomes[i])});
    lines.push_back(std::move(line));
  }
  return lines;
}

PlotLine paper_line(std::string label, std::string color, auto value) {
  PlotLine line{std::move(label), std::move(color), {}, false, true, 1.5};
  for (const paper::SweepRow& row : paper::kTable7)
    line.points.push_back({paper_thresholds()[row.threshold], value(row)});
  return line;
}

double total_removed(const paper::SweepRow& row) { return row.fc1 + row.fc2; }

}  // namespace

Plot loss_figure(const Reproduction& results) {
  Plot plot{kLossName, "Training loss", "training images seen, thousands", "cross-entropy", {}};
  PlotLine mean{"mean over seeds", kBlue, {}, false, false, 2.5};
  for (std::size_t i = 0; i < results.paper.front().loss.size(); ++i)
    mean.points.push_back(
        {static_cast<double>(results.paper.front().loss[i].images) / 1000,
         spread_of(by_seed(results.paper, [&](const auto& m) { return m.loss[i].loss; })).mean});
  for (const Measurements& m : results.paper) {
    PlotLine line{m.seed == results.paper.front().seed ? "single seeds" : "", kSky, {}};
    line.width = 0.7;
    for (const LossPoint& point : m.loss)
      line.points.push_back({static_cast<double>(point.images) / 1000, point.loss});
    plot.lines.push_back(std::move(line));
  }
  plot.lines.push_back(std::move(mean));
  return plot;
}

Plot accuracy_figure(const Reproduction& results) {
  Plot plot{kAccuracyName, "Threshold against accuracy", "threshold", "test accuracy, %", {}};
  plot.lines = seed_lines(results.paper, "karnin-sgd", [](const Outcome& outcome) {
    return 100 * outcome.confusion.accuracy();
  });
  PlotLine random = accuracy_line(results.paper, &Measurements::thresholds, "random", 1);
  random.label = "random, mean";
  plot.lines.push_back(std::move(random));
  plot.lines.push_back({"the paper, Karnin",
                        kVermilion,
                        {{0, paper::kAccuracy}, {paper::kFirstThreshold, paper::kAccuracy}},
                        false,
                        true,
                        1.5});
  plot.lines.push_back(
      paper_line("the paper, random", kGrey, [](const auto& row) { return row.accuracy; }));
  plot.x_range = {0, 0.46};
  return plot;
}

Plot removed_figure(const Reproduction& results) {
  Plot plot{
      kRemovedName, "Threshold against synapses removed", "threshold", "synapses removed + 1", {}};
  plot.log_y = true;
  plot.x_range = {0, 0.46};
  for (const char* method : {"karnin-sgd", "random"})
    for (PlotLine& line : seed_lines(results.paper, method, [](const Outcome& outcome) {
           return static_cast<double>(removed(outcome.report) + 1);
         }))
      plot.lines.push_back(std::move(line));
  PlotLine karnin{"the paper, Karnin", kVermilion, {}, false, true, 1.5};
  for (const paper::SweepRow& row : paper::kTable6)
    karnin.points.push_back({paper_thresholds()[row.threshold], total_removed(row) + 1});
  plot.lines.push_back(std::move(karnin));
  plot.lines.push_back(paper_line("the paper, random", kGrey,
                                  [](const auto& row) { return total_removed(row) + 1; }));
  return plot;
}

Plot sparsity_figure(const Reproduction& results) {
  Plot plot{kSparsityName,
            "Accuracy against sparsity",
            "share of FC1 and FC2 removed, %",
            "test accuracy, %",
            {}};
  for (const PruneMethod method : compared_methods())
    plot.lines.push_back(accuracy_line(results.paper, &Measurements::sparsities,
                                       std::string(to_string(method)), 100));
  plot.x_range = {0, 100};
  return plot;
}

Plot scores_figure(const Reproduction& results, std::size_t layer) {
  const std::string name = results.paper.front().scores[layer].layer;
  Plot plot{kScoresName[layer],
            fmt::format("Where min-max puts the sensitivities of {}", name),
            "sensitivity, normalised by signed min-max",
            "weights + 1, in each hundredth",
            {}};
  plot.log_y = true;
  plot.x_range = {0, 1};
  plot.marked_x = paper::kFirstThreshold;
  constexpr std::array kColors{kBlue, kVermilion, kGreen, kOrange, kPink};
  for (std::size_t s = 0; s < results.paper.size(); ++s) {
    const ScoreDistribution& scores = results.paper[s].scores[layer];
    PlotLine line{fmt::format("seed {}", results.paper[s].seed), kColors[s % kColors.size()], {}};
    line.width = 1.5;
    for (std::size_t bin = 0; bin < scores.counts.size(); ++bin)
      for (const std::size_t edge : {bin, bin + 1})  // a step a bin
        line.points.push_back({static_cast<double>(edge) / static_cast<double>(kScoreBins),
                               static_cast<double>(scores.counts[bin] + 1)});
    plot.lines.push_back(std::move(line));
  }
  return plot;
}

Plot dropout_figure(const Reproduction& results) {
  Plot plot{kDropoutName,
            "Dropout against pruning",
            "share of FC1 and FC2 removed, %",
            "test accuracy, %",
            {}};
  for (const char* method : {"magnitude", "karnin-gradient-epoch", "random"}) {
    plot.lines.push_back(accuracy_line(results.paper, &Measurements::sparsities, method, 100));
    PlotLine line = accuracy_line(results.dropout, &Measurements::sparsities, method, 100);
    line.label += ", trained with dropout";
    line.dashed = true;
    plot.lines.push_back(std::move(line));
  }
  plot.x_range = {0, 100};
  return plot;
}

std::span<const Figure> figures() {
  static constexpr Figure kFigures[] = {
      {kLossName, loss_figure},
      {kAccuracyName, accuracy_figure},
      {kRemovedName, removed_figure},
      {kSparsityName, sparsity_figure},
      {kScoresName[0], [](const Reproduction& results) { return scores_figure(results, 0); }},
      {kScoresName[1], [](const Reproduction& results) { return scores_figure(results, 1); }},
      {kDropoutName, dropout_figure, true}};
  return kFigures;
}

}  // namespace karnin
