// A ReLU that no convolution or fully connected layer has taken in.
#pragma once

#include "runtime/layers/layer.h"

namespace karnin {

class ReluLayer : public Layer {
 public:
  ReluLayer(std::string name, const Blob& src) : Layer(std::move(name), src, src) {}

  std::optional<std::size_t> in_place() const override { return 0; }
  std::string kernel() const override { return "relu"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;
};

}  // namespace karnin
