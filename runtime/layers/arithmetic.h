// The product, difference or quotient of two values.
#pragma once

#include "runtime/graph/ops/arithmetic.h"
#include "runtime/layers/layer.h"

namespace karnin {

class ArithmeticLayer : public Layer {
 public:
  /// Both inputs are in the layout of src, which has planes; the second one may have one number for
  /// each channel.
  ArithmeticLayer(std::string name, ArithmeticKind kind, const Blob& src, const Extent& second)
      : Layer(std::move(name), src, src), kind_(kind), second_{src.images, second, src.layout} {}

  std::string kernel() const override { return "elementwise"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  ArithmeticKind kind_;
  Blob second_;
};

}  // namespace karnin
