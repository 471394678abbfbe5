// Batch normalisation that measures: as training does it.
#pragma once

#include <string>
#include <utility>

#include "runtime/graph/ops/batch_norm.h"
#include "runtime/layers/layer.h"

namespace karnin {

/// scale (x - mean) / sqrt(variance + epsilon) + shift with the mean and the variance of each
/// channel over the positions of a ghost batch: images [0, G), [G, 2G), ... of the shard, the last
/// of them as many as are left (Ioffe & Szegedy 2015; Hoffer, Hubara & Soudry 2017). Backward
/// leaves, as gradients of mean and variance, the sums over the ghost batches of the shard of their
/// means and unbiased variances: of what the running statistics follow. Every ghost batch has two
/// numbers a channel at least.
class BatchNormLayer : public Layer {
 public:
  /// src has planes.
  BatchNormLayer(std::string name, const BatchNorm& op, const Blob& src);

  std::string kernel() const override { return "elementwise"; }
  void set_parameters(const LayerParameters& parameters) override {
    scale_ = parameters[Role::scale];
    shift_ = parameters[Role::shift];
  }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

  const BatchNorm& op() const { return op_; }
  float scale(std::int64_t c) const { return scale_[static_cast<std::size_t>(c)]; }
  float shift(std::int64_t c) const { return shift_[static_cast<std::size_t>(c)]; }

 private:
  BatchNorm op_;
  std::span<const float> scale_, shift_;
};

}  // namespace karnin
