#include "runtime/layers/prelu.h"

#include <algorithm>

namespace karnin {
namespace {

class BoundPRelu : public BoundLayer {
 public:
  BoundPRelu(const PReluLayer& layer, const Binding& binding)
      : layer_(layer),
        binding_(binding),
        plane_(layer.src().plane_floats()),
        planes_(layer.src().floats() / plane_) {}

  void forward(const ShardId& /*shard*/) override {
    for (std::int64_t plane = 0; plane < planes_; ++plane) {
      const float slope = layer_.slope(plane);
      for (std::int64_t i = plane * plane_; i < (plane + 1) * plane_; ++i) {
        const float x = binding_.src[i];
        binding_.dst[i] = x > 0 ? x : slope * x;
      }
    }
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& gradients) override {
    std::ranges::fill(gradients[Role::slope], 0.0F);
    for (std::int64_t plane = 0; plane < planes_; ++plane) {
      const float slope = layer_.slope(plane);
      double by_slope = 0;
      for (std::int64_t i = plane * plane_; i < (plane + 1) * plane_; ++i) {
        const float x = binding_.src[i], diff = binding_.diff_dst[i];
        if (x <= 0) by_slope += double{diff} * double{x};
        if (binding_.diff_src != nullptr) binding_.diff_src[i] = x > 0 ? diff : slope * diff;
      }
      const auto channel = static_cast<std::size_t>(plane % layer_.src().extent.c);
      gradients[Role::slope][channel] += static_cast<float>(by_slope);
    }
  }

 private:
  const PReluLayer& layer_;
  Binding binding_;
  std::int64_t plane_, planes_;
};

}  // namespace

std::unique_ptr<BoundLayer> PReluLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundPRelu>(*this, binding);
}

}  // namespace karnin
