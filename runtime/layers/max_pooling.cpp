#include "runtime/layers/max_pooling.h"

#include "runtime/kernels/max_pool_channels.h"

namespace karnin {
namespace {

class BoundMaxPooling : public BoundLayer {
 public:
  BoundMaxPooling(const kernels::MaxPoolShape& shape, const Binding& binding)
      : shape_(shape), binding_(binding) {}

  void forward(const ShardId& /*shard*/) override {
    kernels::max_pool_forward(shape_, binding_.src, binding_.dst);
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    if (binding_.diff_src != nullptr)
      kernels::max_pool_backward(shape_, binding_.src, binding_.diff_dst, binding_.diff_src);
  }

 private:
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
