// Max and average pooling with images in the lanes.
#pragma once

#include "runtime/graph/ops/pool2d.h"
#include "runtime/layers/layer.h"

namespace karnin {

class PoolingLanesLayer : public Layer {
 public:
  /// `dst` as the shape rule gives it.
  PoolingLanesLayer(std::string name, const Pool2d& spec, const Blob& src, const Extent& dst)
      : Layer(std::move(name), src, {src.images, dst, src.layout}), spec_(spec) {}

  std::string kernel() const override { return "lanes"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  Pool2d spec_;
};

}  // namespace karnin
