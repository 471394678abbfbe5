#include "train/masks/pruner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ranges>
#include <span>
#include <tuple>

#include "runtime/core/error.h"

namespace karnin {
namespace {

/// Weights that are chosen together: one parameter, or all of them.
using Group = std::vector<std::size_t>;

struct Position {
  std::size_t parameter;
  std::size_t index;
};

/// The weights of a group that are still there, in the model's order, and their scores.
struct Candidates {
  std::vector<Position> positions;
  std::vector<double> raw;  ///< before the sign rule: decides between equal scores
  std::vector<double> scores;
  std::int64_t pruned_before = 0;
};

bool is_pruned(const Parameter& parameter, std::size_t i) {
  return !parameter.mask.empty() && parameter.mask[i] == 0;
}

void check(const PruneOptions& options) {
  const auto* threshold = std::get_if<Threshold>(&options.until);
  const double value = threshold ? threshold->score : std::get<Sparsity>(options.until).share;
  if (!(value >= 0 && value <= 1))
    throw ArgumentError(fmt::format("{}: expected a number in [0, 1], got {}",
                                    threshold ? "threshold" : "sparsity", value));
}

[[noreturn]] void reject_layers(const std::string& problem, const std::vector<std::string>& known) {
  std::string list;
  for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
  throw ArgumentError(problem + ": expected some of " + list);
}

/// Parameter indices of the chosen layers' weights, in the model's order.
Group chosen_parameters(const Model& model, const std::vector<std::string>& layers) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  std::vector<std::string> known;
  Group chosen;
  for (std::size_t p = 0; p < specs.size(); ++p) {
    if (specs[p].role != Role::weight) continue;
    known.push_back(model.graph.node(specs[p].node).name);
    if (std::ranges::count(layers, known.back()) > 0) chosen.push_back(p);
  }
  for (const std::string& layer : layers)
    if (std::ranges::count(known, layer) == 0)
      reject_layers("no layer '" + layer + "' with weights", known);
  if (chosen.empty()) reject_layers("no layer to prune", known);
  return chosen;
}

Candidates score(const Model& model, const Group& group, const PruneOptions& options) {
  Candidates candidates;
  for (const std::size_t p : group) {
    const std::vector<double> scores = raw_scores(model, p, options.method, options.seed);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (is_pruned(model.parameters[p], i)) {
        ++candidates.pruned_before;
        continue;
      }
      candidates.positions.push_back({p, i});
      candidates.raw.push_back(scores[i]);
    }
  }
  candidates.scores = candidates.raw;
  if (options.method != PruneMethod::random)
    normalise(candidates.scores, options.normalisation, options.sign);
  return candidates;
}

/// Where the `count` lowest scores stand, in no order; of equal ones the lowest before the sign
/// rule, then the first.
std::vector<std::size_t> lowest(const Candidates& candidates, std::size_t count) {
  std::vector<std::size_t> order(candidates.scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::nth_element(
      order, order.begin() + static_cast<std::ptrdiff_t>(count), {},
      [&](std::size_t i) { return std::tuple(candidates.scores[i], candidates.raw[i], i); });
  order.resize(count);
  return order;
}

std::vector<std::size_t> below(const std::vector<double>& scores, double threshold) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (scores[i] < threshold) found.push_back(i);
  return found;
}

/// Of so many weights.
std::int64_t target_count(double sparsity, std::int64_t weights) {
  return std::llround(sparsity * static_cast<double>(weights));
}

std::vector<std::size_t> choose(const Candidates& candidates, const PruneOptions& options) {
  if (const auto* threshold = std::get_if<Threshold>(&options.until))
    return below(candidates.scores, threshold->score);
  const auto alive = static_cast<std::int64_t>(candidates.scores.size());
  const std::int64_t target =
      target_count(std::get<Sparsity>(options.until).share, alive + candidates.pruned_before) -
      candidates.pruned_before;
  return lowest(candidates, static_cast<std::size_t>(std::max<std::int64_t>(0, target)));
}

void remove_weight(Parameter& parameter, std::size_t i) {
  if (parameter.mask.empty()) parameter.mask.assign(parameter.value.span().size(), 1);
  parameter.mask[i] = 0;
  parameter.value.data()[i] = 0;
}

/// Of each parameter, `removed` being by this call.
std::vector<PruneReport::LayerCount> counts_of(const Model& model,
                                               const std::vector<std::int64_t>& removed) {
  std::vector<PruneReport::LayerCount> counts;
  for (const ParameterSpec& spec : parameter_specs(model.graph)) {
    const std::size_t p = counts.size();
    const auto& [name, value, mask] = model.parameters[p];
    counts.push_back({model.graph.node(spec.node).name, value.size(), removed[p],
                      std::ranges::count(mask, std::uint8_t{0})});
  }
  return counts;
}

/// What became of the model: `removed` of each parameter, of the chosen ones in their order.
PruneReport report_on(const Model& model, const std::vector<Group>& groups,
                      const std::vector<std::int64_t>& removed) {
  PruneReport report;
  const std::vector<PruneReport::LayerCount> counts = counts_of(model, removed);
  std::vector<bool> is_chosen(counts.size(), false);
  for (const std::size_t p : groups | std::views::join) {
    report.layers.push_back(counts[p]);
    is_chosen[p] = true;
  }
  for (std::size_t p = 0; p < counts.size(); ++p)
    if (!is_chosen[p] && counts[p].pruned > 0) report.others.push_back(counts[p]);
  return report;
}

}  // namespace

std::optional<double> sparsity_of(const PruneOptions& options) {
  const auto* sparsity = std::get_if<Sparsity>(&options.until);
  return sparsity ? std::optional(sparsity->share) : std::nullopt;
}

PruneReport::LayerCount total(const PruneReport& report) {
  PruneReport::LayerCount sum{.layer = "total"};
  for (const PruneReport::LayerCount& layer : report.layers) {
    sum.weights += layer.weights;
    sum.removed += layer.removed;
    sum.pruned += layer.pruned;
  }
  return sum;
}

std::vector<std::vector<std::size_t>> pruning_groups(const Model& model,
                                                     const PruneOptions& options) {
  const Group chosen = chosen_parameters(model, options.layers);
  if (options.scope == Scope::global) return {chosen};
  std::vector<Group> groups;
  for (const std::size_t p : chosen) groups.push_back({p});
  return groups;
}

std::vector<PruneReport::LayerCount> pruned_beyond(const Model& model,
                                                   const PruneOptions& options) {
  std::vector<PruneReport::LayerCount> beyond;
  const std::optional<double> sparsity = sparsity_of(options);
  if (!sparsity) return beyond;
  const std::vector<PruneReport::LayerCount> counts =
      counts_of(model, std::vector<std::int64_t>(model.parameters.size()));
  for (const Group& group : pruning_groups(model, options)) {
    PruneReport::LayerCount all;
    for (const std::size_t p : group) {
      const PruneReport::LayerCount& own = counts[p];
      all.layer += (all.layer.empty() ? "" : ", ") + own.layer;
      all.weights += own.weights;
      all.pruned += own.pruned;
    }
    if (all.pruned > target_count(*sparsity, all.weights)) beyond.push_back(all);
  }
  return beyond;
}

PruneReport prune(Model& model, const PruneOptions& options) {
  check(options);
  const std::vector<Group> groups = pruning_groups(model, options);

  // All scores before the first change, so that an error leaves the model as it was.
  std::vector<Candidates> scored;
  for (const Group& group : groups) scored.push_back(score(model, group, options));

  std::vector<std::int64_t> removed(model.parameters.size(), 0);
  for (const Candidates& candidates : scored) {
    for (const std::size_t i : choose(candidates, options)) {
      const auto [parameter, index] = candidates.positions[i];
      remove_weight(model.parameters[parameter], index);
      ++removed[parameter];
    }
  }
  return report_on(model, groups, removed);
}

}  // namespace karnin
