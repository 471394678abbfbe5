// Weights and biases that take in what comes right behind their layer.
#pragma once

#include <vector>

#include "runtime/graph/compact_model.h"
#include "runtime/program/lowering.h"

namespace karnin {

/// The tensors that the layer of a step gets. Those of a step without affines are the model's own;
/// others are made here, and live as long as this.
class FoldedParameters {
 public:
  /// `parameters` as Program::set_parameters() gets them.
  FoldedParameters(const Step& step, std::span<const WeightsView> parameters);
  FoldedParameters(const FoldedParameters&) = delete;
  FoldedParameters& operator=(const FoldedParameters&) = delete;

  const LayerParameters& plain() const { return plain_; }
  /// The weights, where only those that were kept are there; then plain() has none.
  const SparseMatrix* sparse() const { return sparse_; }

 private:
  void fold(const Affine& affine, std::span<const WeightsView> parameters);

  LayerParameters plain_;
  const SparseMatrix* sparse_ = nullptr;
  std::vector<float> weights_, bias_;
  SparseMatrix sparse_weights_;
};

}  // namespace karnin
