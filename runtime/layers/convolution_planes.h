// Convolution and the 2x2 max pool behind it, of plain images, with the ReLU between or after them.
#pragma once

#include "runtime/core/aligned.h"
#include "runtime/graph/ops/conv2d.h"
#include "runtime/kernels/kernels.h"
#include "runtime/layers/layer.h"
#include "runtime/layers/plain_parameters.h"

namespace karnin {

struct ConvolutionPlanesOptions {
  bool relu = false;
  Purpose purpose = Purpose::inference;
  bool diff_src = false;  ///< in training: somebody below needs a gradient
};

/// The plain weights: copied for inference, used where they are in training.
class ConvolutionPlanesLayer : public Layer {
 public:
  /// Whether the numbers of positions and gradients fit into what holds them: up to 4096 x 4096
  /// pixels in a shard.
  static bool covers(const Extent& src, const Extent& dst, std::int64_t images);

  /// No stride, no padding; `dst` is the extent behind the pool; src must be plain.
  ConvolutionPlanesLayer(std::string name, const Conv2d& spec, const Blob& src, const Extent& dst,
                         const ConvolutionPlanesOptions& options);

  std::string kernel() const override { return "planes, max pool"; }
  void set_parameters(const LayerParameters& parameters) override;
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

  const kernels::ConvPoolShape& shape() const { return shape_; }
  bool relu() const { return options_.relu; }
  const float* weights() const { return parameters_.weights(); }
  const float* bias() const { return parameters_.bias(); }
  /// By blocks of input channels, for the data gradient.
  const float* blocked_weights() const { return blocked_.data(); }

 private:
  kernels::ConvPoolShape shape_;
  ConvolutionPlanesOptions options_;
  AlignedVector<float> blocked_;
  PlainParameters parameters_;
};

}  // namespace karnin
