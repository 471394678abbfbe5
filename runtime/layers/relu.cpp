#include "runtime/layers/relu.h"

#include <algorithm>

#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

class BoundRelu : public BoundLayer {
 public:
  BoundRelu(const Binding& binding, std::int64_t floats) : binding_(binding), floats_(floats) {}

  void forward(const ShardId& /*shard*/) override {
    if (binding_.src != binding_.dst) std::copy_n(binding_.src, floats_, binding_.dst);
    kernels::active().relu(floats_, binding_.dst);
  }

  /// dst > 0 wherever src was, so that src may be gone.
  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    if (binding_.diff_src == nullptr) return;
    if (binding_.diff_src != binding_.diff_dst)
      std::copy_n(binding_.diff_dst, floats_, binding_.diff_src);
    kernels::active().relu_backward(floats_, binding_.dst, binding_.diff_src);
  }

 private:
  Binding binding_;
  std::int64_t floats_;
};

}  // namespace

std::unique_ptr<BoundLayer> ReluLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundRelu>(binding, src().floats());
}

}  // namespace karnin
