#include "runtime/layers/fc_inference.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/core/aligned.h"
#include "runtime/core/parallel.h"
#include "runtime/kernels/kernels.h"
#include "runtime/layers/fc_inference_layer.h"
#include "runtime/layers/fc_sparse_inference.h"
#include "runtime/onednn/inner_product.h"

namespace karnin {
namespace {

/// Threads share images, as each of them has to read all weights to keep its tiles filled. Of one
/// image they share outputs.
class DenseFc final : public FcInferenceLayer {
 public:
  using FcInferenceLayer::FcInferenceLayer;
  std::string kernel() const override { return std::string(to_string(FcKernel::dense)); }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override {
    return std::make_unique<BoundFc<DenseFc>>(*this, binding, 0);
  }
  void run(const float* src, float* dst, float* /*scratch*/) const {
    const auto [rows, ic, oc] = shape();
    if (rows == 1) return share_outputs(src, dst);
    const std::int64_t parts =
        rows * ic * oc < kSharedWork ? 1 : std::clamp<std::int64_t>(rows / 8, 1, Arena::sharers());
    Arena::share(parts, [&](std::int64_t part) {
      const std::int64_t first = part * rows / parts, last = (part + 1) * rows / parts;
      kernels::active().fc_forward_packed({last - first, ic, oc}, src + first * ic,
                                          packed_.front().data(), bias(), relu(), dst + first * oc);
    });
  }

 private:
  /// Products of a weight and an image for which it pays to wake a thread, and weights that are
  /// read for one image alone.
  static constexpr std::int64_t kSharedWork = std::int64_t{1} << 23;
  static constexpr std::int64_t kSharedWeights = std::int64_t{1} << 18;
  static constexpr std::int64_t kChunk =
      240;  // outputs; a multiple of what any kernel does at once

  /// Outputs that are packed together.
  std::int64_t chunk() const { return shape().rows == 1 ? kChunk : shape().oc; }

  void share_outputs(const float* src, float* dst) const {
    const std::int64_t chunks = std::ssize(packed_);
    const std::int64_t parts = shape().ic * shape().oc < kSharedWeights
                                   ? 1
                                   : std::min<std::int64_t>(chunks, Arena::sharers());
    Arena::share(parts, [&](std::int64_t part) {
      for (std::int64_t i = part * chunks / parts; i < (part + 1) * chunks / parts; ++i) {
        const std::int64_t first = i * kChunk, count = std::min(kChunk, shape().oc - first);
        kernels::active().fc_forward_packed({1, shape().ic, count}, src,
                                            packed_[static_cast<std::size_t>(i)].data(),
                                            bias() + first, relu(), dst + first);
      }
    });
  }

  void pack(const AlignedVector<float>& weights) override {
    const kernels::Table& kernel = kernels::active();
    const auto [rows, ic, oc] = shape();
    packed_.clear();
    for (std::int64_t first = 0; first < oc; first += chunk()) {
      const std::int64_t count = std::min(chunk(), oc - first);
      packed_.emplace_back(kernel.fc_packed_size(count, ic));
      kernel.fc_pack(count, ic, weights.data() + first * ic, packed_.back().data());
    }
  }
  std::vector<AlignedVector<float>> packed_;  // by chunk
};

class OnednnFc final : public FcInferenceLayer {
 public:
  OnednnFc(std::string name, const FullyConnected& spec, const Blob& src, bool relu)
      : FcInferenceLayer(std::move(name), spec, src, relu),
        inner_product_({shape().rows, shape().ic, shape().oc}, relu, false) {}

  std::string kernel() const override { return "onednn " + inner_product_.implementation(); }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override {
    return std::make_unique<Bound>(inner_product_, binding);
  }

 private:
  class Bound : public BoundLayer {
   public:
    Bound(const onednn::InnerProduct& inner_product, const Binding& binding)
        : bound_(inner_product, binding) {}
    void forward(const ShardId& /*shard*/) override { bound_.forward(); }
    void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {}

   private:
    onednn::InnerProduct::Bound bound_;
  };

  void pack(const AlignedVector<float>& weights) override {
    inner_product_.set_parameters(weights.data(), bias());
  }
  onednn::InnerProduct inner_product_;
};

}  // namespace

std::unique_ptr<Layer> make_fc_inference(std::string name, const FullyConnected& spec,
                                         const Blob& src, bool relu, FcKernel kernel) {
  if (kernel == FcKernel::onednn)
    return std::make_unique<OnednnFc>(std::move(name), spec, src, relu);
  if (kernel == FcKernel::dense) return std::make_unique<DenseFc>(std::move(name), spec, src, relu);
  return make_fc_sparse_inference(std::move(name), spec, src, relu, kernel);
}

}  // namespace karnin
