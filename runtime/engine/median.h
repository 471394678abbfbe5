// What a race goes by: no run that something else held up counts for more than another.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace karnin {

/// The upper one of the two in the middle. At least one value.
inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace karnin
