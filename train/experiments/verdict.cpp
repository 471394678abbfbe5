#include "train/experiments/verdict.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <iterator>

#include "train/experiments/paper.h"

namespace karnin {
namespace {

/// Percent: far below one image of all, far above the rounding of the sums.
constexpr double kRounding = 1e-9;

double accuracy(const Series& series, std::size_t setting) {
  return 100 * series.outcomes[setting].confusion.accuracy();
}

std::vector<double> accuracies(const std::vector<Measurements>& all, std::string_view method,
                               std::size_t setting) {
  std::vector<double> values;
  for (const Measurements& m : all)
    values.push_back(accuracy(series_named(m.sparsities, method), setting));
  return values;
}

/// One weight more on both sides, so that none removed has a logarithm.
double decades(std::int64_t count, int printed) {
  return std::abs(std::log10((static_cast<double>(count) + 1) / (printed + 1.0)));
}

Reading reading_of(const std::vector<Measurements>& seeds, const std::string& method) {
  Reading reading{seeds.front().recipe, method, {}, {}, {}, 0};
  std::vector<double> values;
  for (const Measurements& m : seeds) {
    const auto& [report, confusion] = series_named(m.readings, method).outcomes.front();
    reading.fc1.push_back(report.layers[0].removed);
    reading.fc2.push_back(report.layers[1].removed);
    reading.distance += decades(reading.fc1.back(), paper::kTable6[0].fc1) +
                        decades(reading.fc2.back(), paper::kTable6[0].fc2);
    values.push_back(100 * confusion.accuracy());
  }
  reading.distance /= 2 * static_cast<double>(seeds.size());
  reading.accuracy = spread_of(values);
  return reading;
}

}  // namespace

bool tied(const Contest& contest) { return contest.lead.mean < kRounding; }

bool too_close(const Contest& contest) {
  assert(contest.lead.count > 1);
  const double error = contest.lead.sd / std::sqrt(static_cast<double>(contest.lead.count));
  return tied(contest) || contest.lead.mean < 2 * error;
}

std::vector<Contest> contests(const std::vector<Measurements>& all) {
  std::vector<Contest> result;
  for (std::size_t s = 1; s < sparsities().size(); ++s) {
    Contest contest{sparsities()[s], {}, {}, 0};
    for (const Series& series : all.front().sparsities)
      contest.ranking.push_back({series.name, spread_of(accuracies(all, series.name, s))});
    std::ranges::stable_sort(contest.ranking, std::greater{},
                             [](const MethodScore& score) { return score.accuracy.mean; });
    const auto first = accuracies(all, contest.ranking[0].method, s);
    const auto second = accuracies(all, contest.ranking[1].method, s);
    std::vector<double> leads;
    std::ranges::transform(first, second, std::back_inserter(leads), std::minus{});
    contest.lead = spread_of(leads);
    contest.seeds_won = static_cast<std::size_t>(
        std::ranges::count_if(leads, [](double lead) { return lead > kRounding; }));
    result.push_back(std::move(contest));
  }
  return result;
}

std::vector<Reading> readings(const std::vector<Measurements>& paper,
                              const std::vector<Measurements>& others) {
  std::vector<Reading> all;
  for (const Series& series : paper.front().readings) all.push_back(reading_of(paper, series.name));
  for (const Measurements& m : others)
    for (const Series& series : m.readings) all.push_back(reading_of({m}, series.name));
  std::ranges::stable_sort(all, {}, &Reading::distance);
  return all;
}

}  // namespace karnin
