// The mean of every plane of plain images, for inference: oneDNN has no fast code for it in this
// layout.
#pragma once

#include "runtime/graph/ops/pool2d.h"
#include "runtime/layers/layer.h"

namespace karnin {

class GlobalAverageLayer : public Layer {
 public:
  GlobalAverageLayer(std::string name, const Blob& src)
      : Layer(std::move(name), src, {src.images, {src.extent.c, 1, 1}, src.layout}) {}

  /// An average of planes that one window sees whole, and nothing else.
  static bool covers(const Pool2d& spec, const Blob& src, const Extent& dst);

  std::string kernel() const override { return "mean"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;
};

}  // namespace karnin
