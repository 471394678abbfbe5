#include "runtime/layers/pooling_lanes.h"

#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

class BoundPoolingLanes : public BoundLayer {
 public:
  BoundPoolingLanes(const Pool2d& spec, const Blob& src, const Blob& dst, const Binding& binding)
      : is_max_(spec.kind == PoolKind::max),
        shape_{src.extent.c, src.extent.h, src.extent.w, dst.extent.h,
               dst.extent.w, spec.kh,      spec.kw,      spec.sh,
               spec.sw,      spec.ph.l,    spec.pw.l,    spec.count_padding},
        blocks_(src.blocks()),
        src_block_(src.floats() / blocks_),
        dst_block_(dst.floats() / blocks_),
        binding_(binding) {}

  void forward(const ShardId& /*shard*/) override {
    const kernels::Table& kernel = kernels::active();
    const auto pool = is_max_ ? kernel.max_pool_lanes_forward : kernel.average_pool_lanes_forward;
    for (std::int64_t i = 0; i < blocks_; ++i)
      pool(shape_, binding_.src + i * src_block_, binding_.dst + i * dst_block_);
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    if (binding_.diff_src == nullptr) return;
    const kernels::Table& kernel = kernels::active();
    for (std::int64_t i = 0; i < blocks_; ++i) {
      const std::int64_t src = i * src_block_, dst = i * dst_block_;
      if (is_max_)
        kernel.max_pool_lanes_backward(shape_, binding_.src + src, binding_.dst + dst,
                                       binding_.diff_dst + dst, binding_.diff_src + src);
      else
        kernel.average_pool_lanes_backward(shape_, binding_.diff_dst + dst,
                                           binding_.diff_src + src);
    }
  }

 private:
  bool is_max_;
  kernels::PoolShape shape_;
  std::int64_t blocks_, src_block_, dst_block_;
  Binding binding_;
};

}  // namespace

std::unique_ptr<BoundLayer> PoolingLanesLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundPoolingLanes>(spec_, src(), dst(), binding);
}

}  // namespace karnin
