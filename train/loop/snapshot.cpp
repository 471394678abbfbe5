#include "train/loop/snapshot.h"

#include <algorithm>
#include <cassert>

#include "train/loop/zero_pruned.h"

namespace karnin {

void Snapshot::take(const Model& model) {
  values.resize(model.parameters.size());
  masks.resize(model.parameters.size());
  for (std::size_t p = 0; p < values.size(); ++p) {
    values[p] = model.parameters[p].value;
    masks[p] = model.parameters[p].mask;
  }
}

void Snapshot::put_back(Model& model) const {
  assert(values.size() == model.parameters.size());
  for (std::size_t p = 0; p < values.size(); ++p) {
    Parameter& parameter = model.parameters[p];
    std::ranges::copy(values[p].span(), parameter.value.data());
    // A parameter that got a mask since keeps one that prunes nothing: files tell it from none.
    if (masks[p].empty())
      std::ranges::fill(parameter.mask, std::uint8_t{1});
    else
      parameter.mask = masks[p];
  }
}

Snapshot snapshot_of(const Model& model) {
  Snapshot snapshot;
  snapshot.take(model);
  return snapshot;
}

std::vector<Tensor> values_of(const Model& model) {
  std::vector<Tensor> values;
  for (const Parameter& parameter : model.parameters) values.push_back(parameter.value);
  return values;
}

void put_under_masks(const std::vector<Tensor>& values, Model& model) {
  assert(values.size() == model.parameters.size());
  for (std::size_t p = 0; p < values.size(); ++p) {
    std::ranges::copy(values[p].span(), model.parameters[p].value.data());
    zero_pruned(model.parameters[p]);
  }
}

}  // namespace karnin
