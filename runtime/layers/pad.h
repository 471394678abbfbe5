// A border of one number around every plane, or planes without a border.
#pragma once

#include "runtime/graph/ops/pad.h"
#include "runtime/layers/layer.h"

namespace karnin {

class PadLayer : public Layer {
 public:
  /// src has planes; `dst` as the shape rule gives it.
  PadLayer(std::string name, const Pad& op, const Blob& src, const Extent& dst)
      : Layer(std::move(name), src, {src.images, dst, src.layout}), op_(op) {}

  std::string kernel() const override { return "copy"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  Pad op_;
};

}  // namespace karnin
