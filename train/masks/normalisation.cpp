#include "train/masks/normalisation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include "runtime/core/named_enum.h"

namespace karnin {
namespace {

constexpr EnumNames<Normalisation, 3> kNormalisationNames{{{Normalisation::minmax, "minmax"},
                                                           {Normalisation::rank, "rank"},
                                                           {Normalisation::log, "log"}}};
constexpr EnumNames<SignRule, 3> kSignNames{
    {{SignRule::keep, "keep"}, {SignRule::absolute, "absolute"}, {SignRule::clamp, "clamp"}}};

void apply_sign(std::vector<double>& scores, SignRule rule) {
  if (rule == SignRule::keep) return;
  for (double& s : scores) s = rule == SignRule::absolute ? std::abs(s) : std::max(s, 0.0);
}

void to_minmax(std::vector<double>& scores) {
  const auto [low, high] = std::ranges::minmax(scores);
  for (double& s : scores) s = high > low ? (s - low) / (high - low) : 1;
}

/// `raw` decides between scores that the sign rule made equal.
void to_rank(std::vector<double>& scores, const std::vector<double>& raw) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return std::pair(scores[i], raw[i]); });
  for (std::size_t position = 0; position < order.size(); ++position)
    scores[order[position]] = static_cast<double>(position) / static_cast<double>(order.size());
}

/// The upper one of the middle two; 1 where all are 0.
double median_magnitude(const std::vector<double>& scores) {
  std::vector<double> magnitudes;
  for (const double s : scores)
    if (s != 0) magnitudes.push_back(std::abs(s));
  if (magnitudes.empty()) return 1;
  const auto middle = magnitudes.begin() + static_cast<std::ptrdiff_t>(magnitudes.size() / 2);
  std::ranges::nth_element(magnitudes, middle);
  return *middle;
}

void to_log(std::vector<double>& scores) {
  const double median = median_magnitude(scores);
  for (double& s : scores) s = std::copysign(std::log1p(std::abs(s) / median), s);
  to_minmax(scores);
}

}  // namespace

std::string_view to_string(Normalisation n) { return name_of(kNormalisationNames, n); }
std::string_view to_string(SignRule rule) { return name_of(kSignNames, rule); }

Normalisation normalisation_from_string(std::string_view name) {
  return value_of(kNormalisationNames, "normalisation", name);
}

SignRule sign_rule_from_string(std::string_view name) {
  return value_of(kSignNames, "sign rule", name);
}

void normalise(std::vector<double>& scores, Normalisation normalisation, SignRule sign) {
  if (scores.empty()) return;
  const std::vector<double> raw = scores;
  apply_sign(scores, sign);
  switch (normalisation) {
    case Normalisation::minmax:
      return to_minmax(scores);
    case Normalisation::rank:
      return to_rank(scores, raw);
    case Normalisation::log:
      return to_log(scores);
  }
}

}  // namespace karnin
