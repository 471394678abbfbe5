// Mean and standard deviation over seeds.
#pragma once

#include <cstddef>
#include <span>

namespace karnin {

struct Spread {
  double mean = 0;
  double sd = 0;          ///< of the sample (n - 1); of one value 0, which says nothing
  std::size_t count = 0;  ///< n
};

/// Of at least one value.
Spread spread_of(std::span<const double> values);

}  // namespace karnin
