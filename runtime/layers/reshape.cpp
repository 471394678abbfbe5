#include "runtime/layers/reshape.h"

#include <algorithm>
#include <cassert>

namespace karnin {
namespace {

class BoundReshape : public BoundLayer {
 public:
  BoundReshape(const Binding& binding, std::int64_t floats) : binding_(binding), floats_(floats) {}

  void forward(const ShardId& /*shard*/) override { copy(binding_.src, binding_.dst); }
  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    if (binding_.diff_src != nullptr) copy(binding_.diff_dst, binding_.diff_src);
  }

 private:
  void copy(const float* src, float* dst) const {
    if (src != dst) std::copy_n(src, floats_, dst);
  }

  Binding binding_;
  std::int64_t floats_;
};

}  // namespace

std::unique_ptr<BoundLayer> ReshapeLayer::bind(const Binding& binding) const {
  assert(src().has_planes() && src().floats() == dst().floats());
  return std::make_unique<BoundReshape>(binding, src().floats());
}

}  // namespace karnin
