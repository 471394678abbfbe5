// ReLU as its definition says, with relu'(0) = 0.
#pragma once

#include <cstddef>
#include <vector>

namespace karnin::test {

template <typename T>
std::vector<T> reference_relu(std::vector<T> src) {
  for (T& x : src)
    if (x < T{0}) x = T{0};
  return src;
}

/// `values` may be those before or after the ReLU: they are positive at the same places.
template <typename T, typename U>
std::vector<U> reference_relu_backward(const std::vector<T>& values, std::vector<U> diff) {
  for (std::size_t i = 0; i < diff.size(); ++i)
    if (!(values[i] > T{0})) diff[i] = U{0};
  return diff;
}

}  // namespace karnin::test
