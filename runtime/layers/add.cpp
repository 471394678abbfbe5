#include "runtime/layers/add.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

class BoundAdd : public BoundLayer {
 public:
  BoundAdd(const Binding& binding, std::int64_t floats) : binding_(binding), floats_(floats) {
    assert(binding.others.size() == 1);
  }

  void forward(const ShardId& /*shard*/) override {
    const std::array<const float*, 2> srcs{binding_.src, binding_.others[0].src};
    kernels::active().tree_sum(floats_, srcs.size(), srcs.data(), binding_.dst);
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    for (float* diff_src : {binding_.diff_src, binding_.others[0].diff_src})
      if (diff_src != nullptr) std::copy_n(binding_.diff_dst, floats_, diff_src);
  }

 private:
  Binding binding_;
  std::int64_t floats_;
};

}  // namespace

std::unique_ptr<BoundLayer> AddLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundAdd>(binding, dst().floats());
}

}  // namespace karnin
