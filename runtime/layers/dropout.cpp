#include "runtime/layers/dropout.h"

#include <algorithm>

#include "runtime/core/counter_rng.h"

namespace karnin {
namespace {

class BoundDropout : public BoundLayer {
 public:
  BoundDropout(const Blob& blob, const Binding& binding, float rate, std::uint64_t number)
      : blob_(blob), binding_(binding), rate_(rate), number_(number) {}

  void forward(const ShardId& shard) override { apply(shard, binding_.src, binding_.dst); }

  /// The same draws again, rather than a mask to keep.
  void backward(const ShardId& shard, const LayerGradients& /*gradients*/) override {
    if (binding_.diff_src != nullptr) apply(shard, binding_.diff_dst, binding_.diff_src);
  }

 private:
  /// dst = src where kept, scaled so that the mean stays; src may be dst.
  void apply(const ShardId& shard, const float* src, float* dst) const {
    const std::uint64_t key = hash(shard.seed, shard.step, number_);
    const std::int64_t pixels = blob_.extent.h * blob_.extent.w;
    const std::int64_t step = blob_.block() * blob_.lanes();
    const float scale = 1.0F / (1.0F - rate_);
    if (src != dst) std::fill_n(dst, blob_.floats(), 0.0F);  // for the padded channels
    for (std::int64_t image = 0; image < blob_.images; ++image) {
      auto draw = static_cast<std::uint64_t>((shard.first_image + image) * blob_.extent.size());
      for (std::int64_t c = 0; c < blob_.extent.c; ++c) {
        std::int64_t at = blob_.index(image, c, 0);
        for (std::int64_t pixel = 0; pixel < pixels; ++pixel, ++draw, at += step)
          dst[at] = uniform01(mix(key ^ mix(draw))) < rate_ ? 0.0F : src[at] * scale;
      }
    }
  }

  Blob blob_;
  Binding binding_;
  float rate_;
  std::uint64_t number_;
};

}  // namespace

std::unique_ptr<BoundLayer> DropoutLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundDropout>(src(), binding, rate_, number_);
}

}  // namespace karnin
