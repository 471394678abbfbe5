// Weights of a model as they once were, and which of them were pruned: what a run may go back to.
// A kept weight may be 0, so that one doesn't follow from the other.
#pragma once

#include <vector>

#include "runtime/graph/model.h"

namespace karnin {

struct Snapshot {
  std::vector<Tensor> values;  ///< as Model::parameters
  std::vector<Mask> masks;     ///< likewise

  bool is_empty() const { return values.empty(); }
  /// The model as it is now. Allocates nothing where it is of the same shapes as before.
  void take(const Model& model);
  /// Gives a model of the same shapes these weights and masks.
  void put_back(Model& model) const;
  bool operator==(const Snapshot&) const = default;
};

Snapshot snapshot_of(const Model& model);

std::vector<Tensor> values_of(const Model& model);

/// Gives the model those of `values` that its masks keep, and 0 where they prune.
void put_under_masks(const std::vector<Tensor>& values, Model& model);

}  // namespace karnin
