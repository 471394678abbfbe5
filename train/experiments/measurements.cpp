#include "train/experiments/measurements.h"

#include <algorithm>
#include <cassert>

#include "train/experiments/paper.h"
#include "train/experiments/prunings.h"

namespace karnin {
namespace {

/// Signed min-max in each of FC1 and FC2: the paper's normalisation, whatever the score.
PruneOptions paper_options(PruneMethod method, std::uint64_t seed) {
  PruneOptions options;
  options.method = method;
  options.normalisation = Normalisation::minmax;
  options.sign = SignRule::keep;
  options.layers = paper_layers();
  options.until = Threshold{paper::kFirstThreshold};
  options.seed = seed;
  return options;
}

SeriesPlan by_threshold(PruneMethod method, std::vector<double> thresholds, std::uint64_t seed) {
  return {std::string(to_string(method)), std::move(thresholds), [=](double threshold) {
            PruneOptions options = paper_options(method, seed);
            options.until = Threshold{threshold};
            return pruning_by(options);
          }};
}

/// Only the order counts for a sparsity, which min-max keeps at the least cost.
SeriesPlan by_sparsity(PruneMethod method, std::uint64_t seed) {
  return {std::string(to_string(method)), sparsities(), [=](double sparsity) {
            PruneOptions options = paper_options(method, seed);
            options.until = Sparsity{sparsity};
            return pruning_by(options);
          }};
}

SeriesPlan by_control(Control control, std::uint64_t seed) {
  return {std::string(to_string(control)), {paper::kFirstThreshold}, [=](double /*threshold*/) {
            return control_of(paper_options(PruneMethod::karnin_sgd, seed), control, seed);
          }};
}

/// The formula over steps and over epochs, the pseudo-code, and what is right for any optimizer.
std::vector<SeriesPlan> reading_plans(std::uint64_t seed) {
  std::vector<SeriesPlan> plans;
  for (const PruneMethod method : {PruneMethod::karnin_sgd, PruneMethod::karnin_epoch,
                                   PruneMethod::khanal_pseudocode, PruneMethod::karnin})
    plans.push_back(by_threshold(method, {paper::kFirstThreshold}, seed));
  return plans;
}

/// Measures all groups of plans together and hands the series back group by group.
std::vector<std::vector<Series>> measure_groups(
    PruningEvaluator& evaluator, const std::vector<std::vector<SeriesPlan>>& groups) {
  std::vector<SeriesPlan> plans;
  for (const auto& group : groups) plans.insert(plans.end(), group.begin(), group.end());
  std::vector<Series> all = measure(evaluator, plans);
  std::vector<std::vector<Series>> result;
  auto next = std::make_move_iterator(all.begin());
  for (const auto& group : groups) {
    const auto end = next + static_cast<std::ptrdiff_t>(group.size());
    result.emplace_back(next, end);
    next = end;
  }
  return result;
}

ScoreDistribution distribution(const Model& model, const std::string& layer) {
  const int node = find_node(model.graph, layer).value();
  const std::size_t weights =
      find_parameter(parameter_specs(model.graph), node, Role::weight).value();
  std::vector<double> scores = raw_scores(model, weights, PruneMethod::karnin_sgd, 0);
  const auto [lowest, highest] = std::ranges::minmax(scores);
  ScoreDistribution result{layer, lowest, highest, 0, std::vector<std::int64_t>(kScoreBins)};
  if (highest > lowest) result.zero = std::clamp(-lowest / (highest - lowest), 0.0, 1.0);
  normalise(scores, Normalisation::minmax, SignRule::keep);
  for (const double score : scores) {
    const auto bin = static_cast<std::size_t>(score * static_cast<double>(kScoreBins));
    ++result.counts[std::min(bin, kScoreBins - 1)];
  }
  return result;
}

Measurements header(const TrainedNetwork& network) {
  Measurements measurements;
  measurements.recipe = network.recipe.name;
  measurements.seed = network.recipe.train.seed;
  measurements.loss = network.loss;
  return measurements;
}

std::vector<ConfusionMatrix> training_confusions(const TrainedNetwork& network,
                                                 const Dataset& dataset, int threads) {
  const std::uint64_t seed = network.recipe.train.seed;
  PruneOptions nothing = paper_options(PruneMethod::magnitude, seed);
  nothing.until = Sparsity{0};
  const std::vector<Pruning> prunings{pruning_by(nothing),
                                      pruning_by(paper_options(PruneMethod::karnin_sgd, seed)),
                                      pruning_by(paper_options(PruneMethod::random, seed))};
  PruningEvaluator evaluator(network.model, dataset.train, paper_layers(), threads);
  std::vector<ConfusionMatrix> confusions;
  for (const Outcome& outcome : evaluator.evaluate(prunings))
    confusions.push_back(outcome.confusion);
  return confusions;
}

}  // namespace

Measurements measure_all(const TrainedNetwork& network, const Dataset& dataset, int threads) {
  Measurements result = header(network);
  const std::uint64_t seed = result.seed;
  std::vector<SeriesPlan> methods;
  for (const PruneMethod method : compared_methods()) methods.push_back(by_sparsity(method, seed));
  PruningEvaluator evaluator(network.model, dataset.test, paper_layers(), threads);
  auto groups = measure_groups(
      evaluator,
      {{by_threshold(PruneMethod::karnin_sgd, paper_thresholds(), seed),
        by_threshold(PruneMethod::random, paper_thresholds(), seed)},
       {by_control(Control::random_same_count, seed), by_control(Control::shuffled, seed),
        by_control(Control::magnitude_same_count, seed)},
       reading_plans(seed),
       methods});
  result.thresholds = std::move(groups[0]);
  result.controls = std::move(groups[1]);
  result.readings = std::move(groups[2]);
  result.sparsities = std::move(groups[3]);
  result.base = result.sparsities.front().outcomes.front().confusion;
  result.train = training_confusions(network, dataset, threads);
  for (const std::string& layer : paper_layers())
    result.scores.push_back(distribution(network.model, layer));
  return result;
}

Measurements measure_variant(const TrainedNetwork& network, const Dataset& dataset, int threads) {
  Measurements result = header(network);
  PruningEvaluator evaluator(network.model, dataset.test, paper_layers(), threads);
  auto groups = measure_groups(
      evaluator, {{by_threshold(PruneMethod::karnin_sgd, {paper::kFirstThreshold}, result.seed),
                   by_threshold(PruneMethod::random, {paper::kFirstThreshold}, result.seed)},
                  reading_plans(result.seed),
                  {by_sparsity(PruneMethod::karnin_gradient_epoch, result.seed),
                   by_sparsity(PruneMethod::magnitude, result.seed),
                   by_sparsity(PruneMethod::random, result.seed)}});
  result.thresholds = std::move(groups[0]);
  result.readings = std::move(groups[1]);
  result.sparsities = std::move(groups[2]);
  result.base = result.sparsities.front().outcomes.front().confusion;
  return result;
}

const std::vector<std::string>& paper_layers() {
  static const std::vector<std::string> layers{"fc1", "fc2"};
  return layers;
}

std::vector<double> paper_thresholds() {
  return equally_spaced(paper::kFirstThreshold, paper::kLastThreshold, paper::kThresholds);
}

const std::vector<double>& sparsities() {
  static const std::vector<double> shares{0,    0.1, 0.2,  0.3, 0.4,  0.5,  0.6,  0.7,
                                          0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.99};
  return shares;
}

const std::vector<PruneMethod>& compared_methods() {
  static const std::vector<PruneMethod> methods{
      PruneMethod::magnitude,    PruneMethod::karnin_gradient_epoch,
      PruneMethod::karnin_epoch, PruneMethod::karnin,
      PruneMethod::karnin_sgd,   PruneMethod::khanal_pseudocode,
      PruneMethod::random};
  return methods;
}

const Series& series_named(const std::vector<Series>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &Series::name);
  assert(found != all.end());
  return *found;
}

const Outcome& at_first_threshold(const Measurements& measurements, std::string_view method) {
  return series_named(measurements.thresholds, method).outcomes.front();
}

}  // namespace karnin
