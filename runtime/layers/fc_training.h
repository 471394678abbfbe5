// The fully connected layer of training: the plain weights are used where they are.
#pragma once

#include "runtime/graph/ops/fully_connected.h"
#include "runtime/layers/layer.h"
#include "runtime/layers/plain_parameters.h"

namespace karnin {

class FcTrainingLayer : public Layer {
 public:
  /// `src` must be plain: rows in C, H, W order.
  FcTrainingLayer(std::string name, const FullyConnected& spec, const Blob& src, bool relu);

  std::string kernel() const override { return "dense"; }
  void set_parameters(const LayerParameters& parameters) override;
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

  const float* weights() const { return parameters_.weights(); }
  const float* bias() const { return parameters_.bias(); }
  bool relu() const { return relu_; }

 private:
  bool relu_;
  PlainParameters parameters_{Purpose::training};
};

}  // namespace karnin
