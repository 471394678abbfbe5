#include "train/experiments/statistics.h"

#include <cassert>
#include <cmath>
#include <numeric>

namespace karnin {

Spread spread_of(std::span<const double> values) {
  assert(!values.empty());
  const auto n = static_cast<double>(values.size());
  Spread spread;
  spread.count = values.size();
  spread.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  if (values.size() > 1) spread.sd = std::sqrt(squares / (n - 1));
  return spread;
}

}  // namespace karnin
