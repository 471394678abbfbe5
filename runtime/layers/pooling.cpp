#include "runtime/layers/pooling.h"

namespace karnin {
namespace {

class BoundPooling : public BoundLayer {
 public:
  BoundPooling(const onednn::Pooling& pooling, const Binding& binding)
      : bound_(pooling, binding), backward_(binding.diff_src != nullptr) {}

  void forward(const ShardId& /*shard*/) override { bound_.forward(); }
  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    if (backward_) bound_.backward();
  }

 private:
  onednn::Pooling::Bound bound_;
  bool backward_;
};

}  // namespace

std::unique_ptr<BoundLayer> PoolingLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundPooling>(pooling_, binding);
}

}  // namespace karnin
