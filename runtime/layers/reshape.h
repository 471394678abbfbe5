// The same numbers in another extent.
#pragma once

#include "runtime/layers/layer.h"

namespace karnin {

class ReshapeLayer : public Layer {
 public:
  /// src has planes: the elements of an image are in C, H, W order.
  ReshapeLayer(std::string name, const Blob& src, const Extent& dst)
      : Layer(std::move(name), src, {src.images, dst, src.layout}) {}

  std::optional<std::size_t> in_place() const override { return 0; }
  std::string kernel() const override { return "copy"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;
};

}  // namespace karnin
