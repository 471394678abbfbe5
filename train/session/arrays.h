// How the parts of a run's state become arrays of a checkpoint, and are found there again.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "train/session/checkpoint.h"

namespace karnin {

template <typename T>
void put(std::string name, std::vector<T> values, Checkpoint& checkpoint) {
  checkpoint.arrays.push_back({std::move(name), std::move(values)});
}

/// of(p): a vector with an entry for each element of parameter p.
template <typename T, typename Of>
void put_elements(std::string name, std::size_t parameters, const Of& of, Checkpoint& checkpoint) {
  std::vector<T> all;
  for (std::size_t p = 0; p < parameters; ++p) all.insert(all.end(), of(p).begin(), of(p).end());
  put(std::move(name), std::move(all), checkpoint);
}

/// The inverse.
template <typename T, typename Of>
void take_elements(const std::string& name, const Checkpoint& checkpoint, const Of& of) {
  const Model& model = checkpoint.model;
  auto from = finite_numbers<T>(checkpoint, name, model.parameter_count());
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    const auto own = from.first(static_cast<std::size_t>(model.parameters[p].value.size()));
    of(p).assign(own.begin(), own.end());
    from = from.subspan(own.size());
  }
}

/// Tensors in the shapes of the model's parameters, or none, as one array.
void put_tensors(std::string name, const std::vector<Tensor>& tensors, Checkpoint& checkpoint);
std::vector<Tensor> take_tensors(const std::string& name, const Checkpoint& checkpoint);
/// None where the array is empty.
std::vector<Tensor> take_tensors_if_any(const std::string& name, const Checkpoint& checkpoint);

/// Throws ArgumentError, naming the array, for a number beyond.
void require_within(double number, double low, double high, const std::string& array);

}  // namespace karnin
