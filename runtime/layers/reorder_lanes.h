// The way of images into the lanes, and of logits out of them.
#pragma once

#include "runtime/layers/layer.h"

namespace karnin {

/// The layout of images in the lanes that the kernels in use want.
Layout lanes_layout();

/// Between plain order and lanes, either way.
class ReorderLanesLayer : public Layer {
 public:
  ReorderLanesLayer(std::string name, const Blob& src, Layout dst)
      : Layer(std::move(name), src, {src.images, src.extent, dst}) {}

  std::string kernel() const override { return "transpose"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;
};

}  // namespace karnin
