// Axes in another order.
#pragma once

#include "runtime/graph/ops/transpose.h"
#include "runtime/layers/layer.h"

namespace karnin {

class TransposeLayer : public Layer {
 public:
  /// src has planes; `dst` as the shape rule gives it.
  TransposeLayer(std::string name, const Transpose& op, const Blob& src, const Extent& dst)
      : Layer(std::move(name), src, {src.images, dst, src.layout}), op_(op) {}

  std::string kernel() const override { return "copy"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  Transpose op_;
};

}  // namespace karnin
