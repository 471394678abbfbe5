// Mean and standard deviation over seeds.
#pragma once

#include <span>

namespace karnin {

struct Spread {
  double mean = 0;
  double sd = 0;  ///< of the sample (n - 1); 0 for one value
};

/// Of at least one value.
Spread spread_of(std::span<const double> values);

}  // namespace karnin
