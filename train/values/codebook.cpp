#include "train/values/codebook.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "train/values/rounding.h"

namespace karnin {
namespace {

constexpr int kRounds = 100;

/// The values in order, with sums that give the mean and the error of any run of them at once.
class SortedValues {
 public:
  explicit SortedValues(std::span<const float> values) : values_(values.begin(), values.end()) {
    std::ranges::sort(values_);
    for (const float value : values_) {
      sums_.push_back(sums_.back() + value);
      squares_.push_back(squares_.back() + double{value} * value);
    }
  }

  std::size_t size() const { return values_.size(); }
  double operator[](std::size_t i) const { return values_[i]; }

  /// Where the values above `limit` begin.
  std::size_t above(double limit) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(values_, limit) - values_.begin());
  }

  double mean(std::size_t first, std::size_t end) const {
    return (sums_[end] - sums_[first]) / static_cast<double>(end - first);
  }

  double squared_error(std::size_t first, std::size_t end, double centre) const {
    return squares_[end] - squares_[first] - 2 * centre * (sums_[end] - sums_[first]) +
           static_cast<double>(end - first) * centre * centre;
  }

  std::vector<float> distinct() const {
    std::vector<float> result = values_;
    const auto rest = std::ranges::unique(result);
    result.erase(rest.begin(), rest.end());
    return result;
  }

 private:
  std::vector<float> values_;
  std::vector<double> sums_{0.0}, squares_{0.0};
};

struct Centres {
  std::vector<double> values;  ///< ascending
  double error = 0;
};

/// Calls visit(c, first, end) for the values that are nearest to each centre.
template <typename Visit>
void for_each_cell(const SortedValues& values, const std::vector<double>& centres,
                   const Visit& visit) {
  std::size_t first = 0;
  for (std::size_t c = 0; c < centres.size(); ++c) {
    const bool last = c + 1 == centres.size();
    const std::size_t end =
        last ? values.size() : std::max(first, values.above((centres[c] + centres[c + 1]) / 2));
    visit(c, first, end);
    first = end;
  }
}

/// A centre without values stays where it is.
Centres refine(const SortedValues& values, std::vector<double> centres) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> next = centres;
    for_each_cell(values, centres, [&](std::size_t c, std::size_t first, std::size_t end) {
      if (first < end) next[c] = values.mean(first, end);
    });
    if (next == centres) break;
    centres = std::move(next);
  }
  double error = 0;
  for_each_cell(values, centres, [&](std::size_t c, std::size_t first, std::size_t end) {
    error += values.squared_error(first, end, centres[c]);
  });
  return {std::move(centres), error};
}

std::vector<double> quantiles(const SortedValues& values, int count) {
  std::vector<double> result;
  for (int i = 0; i < count; ++i) {
    const double position = (i + 0.5) / count * static_cast<double>(values.size());
    result.push_back(values[static_cast<std::size_t>(position)]);
  }
  return result;
}

std::vector<double> equal_steps(const SortedValues& values, int count) {
  const double least = values[0];
  const double step = (values[values.size() - 1] - least) / count;
  std::vector<double> result;
  for (int i = 0; i < count; ++i) result.push_back(least + (i + 0.5) * step);
  return result;
}

}  // namespace

std::vector<float> make_codebook(std::span<const float> values, int entries) {
  const SortedValues sorted(values);
  std::vector<float> distinct = sorted.distinct();
  if (distinct.size() <= static_cast<std::size_t>(entries)) return distinct;
  const Centres by_count = refine(sorted, quantiles(sorted, entries));
  const Centres by_value = refine(sorted, equal_steps(sorted, entries));
  const Centres& best = by_value.error < by_count.error ? by_value : by_count;
  std::vector<float> codebook;
  for (const double centre : best.values) codebook.push_back(round_to_entry(centre));
  const auto rest = std::ranges::unique(codebook);
  codebook.erase(rest.begin(), rest.end());
  return codebook;
}

float round_to_entry(double value) {
  return round_mantissa(static_cast<float>(value), kF16MantissaBits);
}

float last_nearer(float lower, float upper) {
  const double middle = (double{lower} + upper) / 2;
  const auto rounded = static_cast<float>(middle);
  return rounded > middle ? std::nextafter(rounded, lower) : rounded;
}

std::size_t nearest_entry(std::span<const float> codebook, float value) {
  const auto above =
      static_cast<std::size_t>(std::ranges::lower_bound(codebook, value) - codebook.begin());
  if (above == 0) return 0;
  if (above == codebook.size()) return above - 1;
  return value <= last_nearer(codebook[above - 1], codebook[above]) ? above - 1 : above;
}

}  // namespace karnin
