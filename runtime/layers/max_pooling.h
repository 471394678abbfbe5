// Max pooling in our own loops. oneDNN's are many times slower than its convolutions on AVX2,
// where it stores the place of every maximum byte by byte, and they can't change the layout.
#pragma once

#include "runtime/graph/ops/pool2d.h"
#include "runtime/layers/layer.h"

namespace karnin {

class MaxPoolingLayer : public Layer {
 public:
  /// `dst` as the shape rule gives it. src in nChw8c is left in nhwc, which costs nothing here:
  /// on 8 lanes oneDNN convolves both alike where channels are a multiple of 8, and otherwise nhwc
  /// spares the padding (10 -> 16 channels, 5x5, forward and both gradients: 42 us against 55).
  MaxPoolingLayer(std::string name, const Pool2d& spec, const Blob& src, const Extent& dst);

  std::string kernel() const override { return "max-pool"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  Pool2d spec_;
};

}  // namespace karnin
