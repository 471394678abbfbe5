#include "train/pruning/weight_snapshot.h"

#include <algorithm>
#include <cassert>

namespace karnin {

std::vector<float> all_weights(const Model& model) {
  std::vector<float> weights;
  for (const Parameter& parameter : model.parameters)
    weights.insert(weights.end(), parameter.value.span().begin(), parameter.value.span().end());
  return weights;
}

void put_back(std::span<const float> weights, Model& model) {
  assert(static_cast<std::int64_t>(weights.size()) == model.parameter_count());
  for (Parameter& parameter : model.parameters) {
    const std::size_t count = parameter.value.span().size();
    std::ranges::copy(weights.first(count), parameter.value.data());
    weights = weights.subspan(count);
  }
}

}  // namespace karnin
