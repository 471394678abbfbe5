// Convolution with images in the lanes, with the ReLU and the max pool that follow it.
#pragma once

#include "runtime/core/aligned.h"
#include "runtime/graph/ops/conv2d.h"
#include "runtime/kernels/conv_sparse.h"
#include "runtime/layers/layer.h"
#include "runtime/layers/plain_parameters.h"

namespace karnin {

struct ConvolutionLanesOptions {
  bool add = false;   ///< the second input, to the output; only in inference, without a pool
  bool relu = false;  ///< then ends with max(x, 0)
  /// A 2x2 max pool at the end; only in inference, without stride and padding.
  bool pooled = false;
  Purpose purpose = Purpose::inference;
};

/// The plain weights: copied for inference, used where they are in training. In inference those
/// that are 0 are left out if that is worth it, which follows from their number alone; groups and
/// dilation are run as such zeros always. Threads that have no shard take rows of it then.
class ConvolutionLanesLayer : public Layer {
 public:
  /// `dst` as the shape rules give it, behind the pool if there is one.
  ConvolutionLanesLayer(std::string name, const Conv2d& spec, const Blob& src, const Extent& dst,
                        const ConvolutionLanesOptions& options);

  /// Training knows neither groups nor dilation.
  static bool covers(const Conv2d& spec, const Extent& src, Purpose purpose);

  std::string kernel() const override;
  void set_parameters(const LayerParameters& parameters) override;
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

  const kernels::ConvShape& shape() const { return shape_; }
  const ConvolutionLanesOptions& options() const { return options_; }
  const float* weights() const { return parameters_.weights(); }
  const float* bias() const { return parameters_.bias(); }
  bool sparse() const { return sparse_; }
  /// The kept weights, with a pool behind them and without.
  const kernels::PackedConv& kept() const { return kept_; }
  const kernels::PackedConvTiles& tiles() const { return tiles_; }

 private:
  bool has_sparse_kernel() const;

  kernels::ConvShape shape_;
  ConvolutionLanesOptions options_;
  PlainParameters parameters_;
  bool sparse_ = false;
  kernels::PackedConv kept_;
  kernels::PackedConvTiles tiles_;
};

}  // namespace karnin
