#include "runtime/layers/max_pooling.h"

#include <algorithm>

#include "runtime/core/parallel.h"
#include "runtime/kernels/max_pool_channels.h"

namespace karnin {
namespace {

class BoundMaxPooling : public BoundLayer {
 public:
  BoundMaxPooling(const kernels::MaxPoolShape& shape, const Binding& binding)
      : shape_(shape), binding_(binding) {}

  void forward(const ShardId& /*shard*/) override {
    const std::int64_t rows = shape_.dst.extent.h;
    const std::int64_t parts =
        std::clamp<std::int64_t>(shape_.src.floats() / kSharedFloats, 1, Arena::sharers());
    Arena::share(parts, [&](std::int64_t part) {
      kernels::max_pool_forward(shape_, {part * rows / parts, (part + 1) * rows / parts},
                                binding_.src, binding_.dst);
    });
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    if (binding_.diff_src != nullptr)
      kernels::max_pool_backward(shape_, binding_.src, binding_.diff_dst, binding_.diff_src);
  }

 private:
  /// That are worth waking a thread for.
  static constexpr std::int64_t kSharedFloats = std::int64_t{1} << 16;

  kernels::MaxPoolShape shape_;
  Binding binding_;
};

Blob pooled(const Blob& src, const Extent& dst) {
  return {src.images, dst, src.layout == Layout::nChw8c ? Layout::nhwc : src.layout};
}

}  // namespace

MaxPoolingLayer::MaxPoolingLayer(std::string name, const Pool2d& spec, const Blob& src,
                                 const Extent& dst)
    : Layer(std::move(name), src, pooled(src, dst)), spec_(spec) {}

std::unique_ptr<BoundLayer> MaxPoolingLayer::bind(const Binding& binding) const {
  const kernels::MaxPoolShape shape{spec_.kh,   spec_.kw,   spec_.sh, spec_.sw,
                                    spec_.ph.l, spec_.pw.l, src(),    dst()};
  return std::make_unique<BoundMaxPooling>(shape, binding);
}

}  // namespace karnin
