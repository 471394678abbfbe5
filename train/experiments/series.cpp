#include "train/experiments/series.h"

#include <cassert>
#include <cmath>
#include <iterator>

namespace karnin {
namespace {

/// Outcomes in the plans' order, put back into series.
std::vector<Series> series_of(const std::vector<SeriesPlan>& plans, std::vector<Outcome> outcomes) {
  std::vector<Series> all;
  auto next = std::make_move_iterator(outcomes.begin());
  for (const SeriesPlan& plan : plans) {
    const auto end = next + static_cast<std::ptrdiff_t>(plan.settings.size());
    all.push_back({plan.name, plan.settings, {next, end}});
    next = end;
  }
  return all;
}

}  // namespace

std::vector<Series> measure(PruningEvaluator& evaluator, const std::vector<SeriesPlan>& plans) {
  std::vector<Pruning> prunings;
  for (const SeriesPlan& plan : plans)
    for (const double setting : plan.settings) prunings.push_back(plan.pruning(setting));
  return series_of(plans, evaluator.evaluate(prunings));
}

std::vector<double> equally_spaced(double first, double last, std::size_t count) {
  assert(count >= 2);
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(count - 1);
    values.push_back(std::round((first + (last - first) * t) * 1e12) / 1e12);
  }
  return values;
}

std::int64_t removed(const PruneReport& report) { return total(report).removed; }

}  // namespace karnin
