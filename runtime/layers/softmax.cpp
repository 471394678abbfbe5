#include "runtime/layers/softmax.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace karnin {
namespace {

class BoundSoftmax : public BoundLayer {
 public:
  BoundSoftmax(bool log, const Blob& src, const Binding& binding)
      : log_(log),
        binding_(binding),
        channels_(src.extent.c),
        plane_(src.plane_floats()),
        blocks_(src.blocks()) {
    assert(src.has_planes());
  }

  void forward(const ShardId& /*shard*/) override {
    for_each_position([&](std::int64_t first) { forward(first); });
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    if (binding_.diff_src != nullptr)
      for_each_position([&](std::int64_t first) { backward(first); });
  }

 private:
  /// visit(where the first channel of a position is).
  template <typename Visit>
  void for_each_position(const Visit& visit) const {
    for (std::int64_t block = 0; block < blocks_; ++block)
      for (std::int64_t i = 0; i < plane_; ++i) visit(block * channels_ * plane_ + i);
  }

  void forward(std::int64_t first) const {
    const float* src = binding_.src + first;
    float* dst = binding_.dst + first;
    const std::int64_t end = channels_ * plane_;
    float most = src[0];
    for (std::int64_t c = 0; c < end; c += plane_) most = std::max(most, src[c]);
    float sum = 0;
    for (std::int64_t c = 0; c < end; c += plane_) {
      const float power = std::exp(src[c] - most);
      dst[c] = log_ ? src[c] - most : power;
      sum += power;
    }
    const float log_sum = std::log(sum);
    for (std::int64_t c = 0; c < end; c += plane_) dst[c] = log_ ? dst[c] - log_sum : dst[c] / sum;
  }

  /// With p = softmax: diff_src = p (diff - sum of p diff), of the logarithm diff - p sum of diff.
  void backward(std::int64_t first) const {
    const float* dst = binding_.dst + first;
    const float* diff = binding_.diff_dst + first;
    float* diff_src = binding_.diff_src + first;
    const std::int64_t end = channels_ * plane_;
    float sum = 0;
    for (std::int64_t c = 0; c < end; c += plane_) sum += log_ ? diff[c] : dst[c] * diff[c];
    for (std::int64_t c = 0; c < end; c += plane_)
      diff_src[c] = log_ ? diff[c] - std::exp(dst[c]) * sum : dst[c] * (diff[c] - sum);
  }

  bool log_;
  Binding binding_;
  std::int64_t channels_, plane_, blocks_;
};

}  // namespace

std::unique_ptr<BoundLayer> SoftmaxLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundSoftmax>(op_.log, src(), binding);
}

}  // namespace karnin
