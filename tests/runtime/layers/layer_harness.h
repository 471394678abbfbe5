// A layer with buffers of its own, spoken to in plain values.
#pragma once

#include <memory>
#include <vector>

#include "runtime/layers/layer.h"
#include "tests/support/blob_values.h"

namespace karnin::test {

inline LayerParameters parameters(std::span<const float> weights, std::span<const float> bias) {
  LayerParameters result;
  result[Role::weight] = weights;
  result[Role::bias] = bias;
  return result;
}

inline LayerGradients gradients(std::span<float> weights, std::span<float> bias) {
  LayerGradients result;
  result[Role::weight] = weights;
  result[Role::bias] = bias;
  return result;
}

class LayerHarness {
 public:
  /// The layer must outlive this.
  explicit LayerHarness(const Layer& layer)
      : layer_(layer),
        src_(static_cast<std::size_t>(layer.src().floats())),
        dst_(static_cast<std::size_t>(layer.dst().floats())),
        diff_src_(src_.size()),
        diff_dst_(dst_.size()) {}

  void bind_training() {
    bound_ = layer_.bind({src_.data(), dst_.data(), diff_src_.data(), diff_dst_.data()});
  }
  /// Nobody below needs a gradient: backward() returns none.
  void bind_first_in_training() {
    bound_ = layer_.bind({src_.data(), dst_.data(), nullptr, diff_dst_.data()});
    first_ = true;
  }
  void bind_inference() { bound_ = layer_.bind({.src = src_.data(), .dst = dst_.data()}); }
  /// src is overwritten by dst, and diff_dst by diff_src.
  void bind_in_place() {
    bound_ = layer_.bind({src_.data(), src_.data(), diff_dst_.data(), diff_dst_.data()});
    in_place_ = true;
  }

  std::vector<float> forward(const std::vector<float>& src, const ShardId& shard = {}) {
    write(layer_.src(), src, src_);
    if (!in_place_) poison(dst_);
    bound_->forward(shard);
    return read(layer_.dst(), in_place_ ? src_ : dst_);
  }

  /// Of the last forward().
  std::vector<float> backward(const std::vector<float>& diff_dst,
                              const LayerGradients& gradients = {}, const ShardId& shard = {}) {
    write(layer_.dst(), diff_dst, diff_dst_);
    if (!in_place_) poison(diff_src_);
    bound_->backward(shard, gradients);
    if (first_) return {};
    return read(layer_.src(), in_place_ ? diff_dst_ : diff_src_);
  }

  std::int64_t src_size() const { return layer_.src().images * layer_.src().extent.size(); }
  std::int64_t dst_size() const { return layer_.dst().images * layer_.dst().extent.size(); }

 private:
  const Layer& layer_;
  AlignedVector<float> src_, dst_, diff_src_, diff_dst_;
  std::unique_ptr<BoundLayer> bound_;
  bool in_place_ = false;
  bool first_ = false;
};

/// The scalar whose gradient a layer computes when diff_dst is `weights`.
inline double weighted_sum(const std::vector<float>& values, const std::vector<float>& weights) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    sum += static_cast<double>(values[i]) * static_cast<double>(weights[i]);
  return sum;
}

}  // namespace karnin::test
