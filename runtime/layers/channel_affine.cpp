#include "runtime/layers/channel_affine.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace karnin {
namespace {

/// Reads the channels through the layer, because they may change between two steps.
class BoundChannelAffine : public BoundLayer {
 public:
  BoundChannelAffine(const ChannelAffineLayer& layer, const Binding& binding)
      : layer_(layer),
        binding_(binding),
        plane_(layer.src().plane_floats()),
        planes_(layer.src().floats() / plane_) {}

  void forward(const ShardId& /*shard*/) override {
    for (std::int64_t plane = 0; plane < planes_; ++plane) {
      const auto& [scale, shift, mean, inverse] = channel(plane);
      const float factor = scale * inverse, summand = shift - factor * mean;
      const float* src = binding_.src + plane * plane_;
      float* dst = binding_.dst + plane * plane_;
      for (std::int64_t i = 0; i < plane_; ++i) dst[i] = factor * src[i] + summand;
    }
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& gradients) override {
    for (const Role role : {Role::scale, Role::shift, Role::mean, Role::variance})
      std::ranges::fill(gradients[role], 0.0F);
    for (std::int64_t plane = 0; plane < planes_; ++plane) {
      const std::int64_t first = plane * plane_;
      add_gradients(plane, gradients);
      if (binding_.diff_src == nullptr) continue;
      const float factor = channel(plane).scale * channel(plane).inverse;
      for (std::int64_t i = first; i < first + plane_; ++i)
        binding_.diff_src[i] = factor * binding_.diff_dst[i];
    }
  }

 private:
  std::size_t index(std::int64_t plane) const {
    return static_cast<std::size_t>(plane) % layer_.channels().size();
  }
  const ChannelAffineTerms& channel(std::int64_t plane) const {
    return layer_.channels()[index(plane)];
  }

  /// Those of one plane; nobody reads what images that fill up the lanes leave in diff_dst: 0.
  void add_gradients(std::int64_t plane, const LayerGradients& gradients) const {
    const auto& [scale, shift, mean, inverse] = channel(plane);
    const float* src = binding_.src + plane * plane_;
    const float* diff = binding_.diff_dst + plane * plane_;
    double by_scale = 0, by_shift = 0;
    for (std::int64_t i = 0; i < plane_; ++i) {
      by_scale += double{diff[i]} * double{(src[i] - mean) * inverse};
      by_shift += double{diff[i]};
    }
    gradients[Role::scale][index(plane)] += static_cast<float>(by_scale);
    gradients[Role::shift][index(plane)] += static_cast<float>(by_shift);
  }

  const ChannelAffineLayer& layer_;
  Binding binding_;
  std::int64_t plane_, planes_;
};

}  // namespace

std::vector<ChannelAffineTerms> affine_terms(const LayerParameters& parameters,
                                             std::optional<float> epsilon) {
  std::vector<ChannelAffineTerms> terms;
  for (std::size_t c = 0; c < parameters[Role::scale].size(); ++c) {
    ChannelAffineTerms& term = terms.emplace_back(
        ChannelAffineTerms{parameters[Role::scale][c], parameters[Role::shift][c]});
    if (!epsilon) continue;
    term.mean = parameters[Role::mean][c];
    term.inverse = 1 / std::sqrt(parameters[Role::variance][c] + *epsilon);
  }
  return terms;
}

ChannelAffineLayer::ChannelAffineLayer(std::string name, const Blob& src,
                                       std::optional<float> epsilon, Purpose purpose)
    : Layer(std::move(name), src, src), epsilon_(epsilon), purpose_(purpose) {
  assert(src.has_planes());
}

std::unique_ptr<BoundLayer> ChannelAffineLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundChannelAffine>(*this, binding);
}

}  // namespace karnin
