// The sum of two values.
#pragma once

#include "runtime/layers/layer.h"

namespace karnin {

/// Both inputs lie as `src` says, and so does the sum.
class AddLayer : public Layer {
 public:
  AddLayer(std::string name, const Blob& src) : Layer(std::move(name), src, src) {}

  std::string kernel() const override { return "add"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;
};

}  // namespace karnin
