#include "train/session/arrays.h"

#include <algorithm>
#include <cmath>

namespace karnin {

template <typename T>
std::span<const T> finite_numbers(const Checkpoint& checkpoint, const std::string& name,
                                  std::int64_t count) {
  const auto numbers = checkpoint.numbers<T>(name, count);
  if (!std::ranges::all_of(numbers, [](T x) { return std::isfinite(x); }))
    throw ArgumentError("checkpoint: array '" + name + "': expected finite values");
  return numbers;
}

template std::span<const float> finite_numbers(const Checkpoint&, const std::string&, std::int64_t);
template std::span<const double> finite_numbers(const Checkpoint&, const std::string&,
                                                std::int64_t);

void put_tensors(std::string name, const std::vector<Tensor>& tensors, Checkpoint& checkpoint) {
  const auto of = [&](std::size_t p) { return tensors[p].span(); };
  put_elements<float>(std::move(name), tensors.size(), of, checkpoint);
}

std::vector<Tensor> take_tensors(const std::string& name, const Checkpoint& checkpoint) {
  std::vector<std::vector<float>> values(checkpoint.model.parameters.size());
  take_elements<float>(name, checkpoint, [&](std::size_t p) -> auto& { return values[p]; });
  std::vector<Tensor> tensors;
  for (std::size_t p = 0; p < values.size(); ++p) {
    tensors.emplace_back(checkpoint.model.parameters[p].value.dims());
    std::ranges::copy(values[p], tensors.back().data());
  }
  return tensors;
}

std::vector<Tensor> take_tensors_if_any(const std::string& name, const Checkpoint& checkpoint) {
  if (checkpoint.numbers<float>(name).empty()) return {};
  return take_tensors(name, checkpoint);
}

void require_within(double number, double low, double high, const std::string& array) {
  if (number < low || number > high)
    throw ArgumentError("checkpoint: array '" + array + "': expected numbers from " +
                        std::to_string(low) + " to " + std::to_string(high));
}

}  // namespace karnin
