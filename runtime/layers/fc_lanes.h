// Fully connected layers with images in the lanes.
#pragma once

#include <optional>

#include "runtime/core/aligned.h"
#include "runtime/graph/ops/fully_connected.h"
#include "runtime/layers/fc_masked.h"
#include "runtime/layers/layer.h"
#include "runtime/layers/plain_parameters.h"
#include "runtime/layers/sparse_parts.h"

namespace karnin {

/// The plain weights: copied for inference, used where they are in training; there the kept ones
/// alone, where a mask leaves few.
class FcLanesLayer : public Layer {
 public:
  FcLanesLayer(std::string name, const FullyConnected& spec, const Blob& src, bool relu,
               Purpose purpose);

  std::string kernel() const override { return "dense in lanes"; }
  void set_parameters(const LayerParameters& parameters) override;
  void hold_mask(std::span<const std::uint8_t> mask) override;
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

  const float* weights() const { return parameters_.weights(); }
  const float* bias() const { return parameters_.bias(); }
  bool relu() const { return relu_; }
  const MaskedFc* masked() const { return masked_ ? &*masked_ : nullptr; }  ///< null: all weights

 private:
  bool relu_;
  PlainParameters parameters_;
  std::optional<MaskedFc> masked_;
};

/// The kept weights alone. For inference.
class FcSparseLanesLayer : public Layer {
 public:
  FcSparseLanesLayer(std::string name, const FullyConnected& spec, const Blob& src, bool relu);

  std::string kernel() const override { return "sparse in lanes"; }
  void set_parameters(const LayerParameters& parameters) override;
  void set_sparse_parameters(const SparseMatrix& weights, const LayerParameters& others) override;
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  bool relu_;
  SparseParts parts_;
  AlignedVector<float> bias_;
};

}  // namespace karnin
