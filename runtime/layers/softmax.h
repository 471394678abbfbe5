// Probabilities, or their logarithms, over the channels of every position.
#pragma once

#include "runtime/graph/ops/softmax.h"
#include "runtime/layers/layer.h"

namespace karnin {

class SoftmaxLayer : public Layer {
 public:
  /// src has planes.
  SoftmaxLayer(std::string name, const Softmax& op, const Blob& src)
      : Layer(std::move(name), src, src), op_(op) {}

  std::string kernel() const override { return "softmax"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  Softmax op_;
};

}  // namespace karnin
