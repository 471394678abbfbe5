#include "runtime/layers/reorder_lanes.h"

#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

class BoundReorderLanes : public BoundLayer {
 public:
  BoundReorderLanes(const Blob& src, bool into_lanes, const Binding& binding)
      : images_(src.images),
        floats_(src.extent.size()),
        into_lanes_(into_lanes),
        binding_(binding) {}

  void forward(const ShardId& /*shard*/) override { turn(into_lanes_, binding_.src, binding_.dst); }

  /// Lanes without an image get no gradient, and so give none to the weights.
  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    if (binding_.diff_src != nullptr) turn(!into_lanes_, binding_.diff_dst, binding_.diff_src);
  }

 private:
  void turn(bool into_lanes, const float* src, float* dst) const {
    const kernels::Table& kernel = kernels::active();
    (into_lanes ? kernel.rows_to_blocks : kernel.blocks_to_rows)(images_, floats_, src, dst);
  }

  std::int64_t images_, floats_;
  bool into_lanes_;
  Binding binding_;
};

}  // namespace

Layout lanes_layout() {
  const std::int64_t lanes = kernels::active().lanes;
  return lanes == 16 ? Layout::lanes16 : lanes == 8 ? Layout::lanes8 : Layout::lanes4;
}

std::unique_ptr<BoundLayer> ReorderLanesLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundReorderLanes>(src(), src().layout == Layout::nchw, binding);
}

}  // namespace karnin
