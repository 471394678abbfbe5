// What the fully connected layers of inference share, whichever kernel runs them.
#pragma once

#include <string>
#include <utility>

#include "runtime/core/aligned.h"
#include "runtime/graph/ops/fully_connected.h"
#include "runtime/kernels/kernels.h"
#include "runtime/layers/layer.h"

namespace karnin {

/// The shape, and the columns in the order of the activations in memory.
class FcInferenceLayer : public Layer {
 public:
  FcInferenceLayer(std::string name, const FullyConnected& spec, const Blob& src, bool relu)
      : Layer(std::move(name), src, {src.images, {spec.oc, 1, 1}, Layout::nchw}),
        shape_{src.images, src.image_floats(), spec.oc},
        relu_(relu) {}

  void set_parameters(const LayerParameters& parameters) final {
    set_bias(parameters);
    pack(permuted(parameters[Role::weight].data()));
  }

  const kernels::FcShape& shape() const { return shape_; }
  const float* bias() const { return bias_.data(); }
  bool relu() const { return relu_; }

 protected:
  void set_bias(const LayerParameters& parameters) {
    bias_.assign(parameters[Role::bias].begin(), parameters[Role::bias].end());
  }

 private:
  /// `weights` is (oc x shape().ic).
  virtual void pack(const AlignedVector<float>& weights) = 0;

  /// Padded channels get columns of zeros.
  AlignedVector<float> permuted(const float* weights) const {
    const std::int64_t pixels = src().extent.h * src().extent.w;
    AlignedVector<float> result(static_cast<std::size_t>(shape_.oc * shape_.ic), 0.0F);
    for (std::int64_t oc = 0; oc < shape_.oc; ++oc)
      for (std::int64_t c = 0; c < src().extent.c; ++c)
        for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
          result[static_cast<std::size_t>(oc * shape_.ic + src().offset(c, pixel))] = *weights++;
    return result;
  }

  kernels::FcShape shape_;
  bool relu_;
  AlignedVector<float> bias_;
};

/// A worker's view of a layer of any of the kernels here: Layer::run(src, dst, scratch) does it.
template <typename FcLayer>
class BoundFc : public BoundLayer {
 public:
  BoundFc(const FcLayer& layer, const Binding& binding, std::size_t scratch_floats)
      : layer_(layer), binding_(binding), scratch_(scratch_floats) {}

  void forward(const ShardId& /*shard*/) override {
    layer_.run(binding_.src, binding_.dst, scratch_.data());
  }
  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {}

 private:
  const FcLayer& layer_;
  Binding binding_;
  AlignedVector<float> scratch_;
};

}  // namespace karnin
