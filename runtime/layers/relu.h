// A ReLU that no convolution or fully connected layer has taken in.
#pragma once

#include "runtime/layers/layer.h"

namespace karnin {

class ReluLayer : public Layer {
 public:
  ReluLayer(std::string name, const Blob& src) : Layer(std::move(name), src, src) {}

  bool in_place() const override { return true; }
  std::string kernel() const override { return "relu"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;
};

}  // namespace karnin
