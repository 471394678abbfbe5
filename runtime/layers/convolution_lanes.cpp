#include "runtime/layers/convolution_lanes.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "runtime/kernels/kernels.h"
#include "runtime/layers/reorder_lanes.h"

namespace karnin {
namespace {

// A kept weight costs a little more than one that is just another one of all.
constexpr double kSparseRule = 0.3;

/// Reads the parameters through the layer, because they may move between two steps.
class BoundConvolutionLanes : public BoundLayer {
 public:
  BoundConvolutionLanes(const ConvolutionLanesLayer& layer, const Binding& binding)
      : layer_(layer),
        binding_(binding),
        blocks_(layer.src().blocks()),
        src_block_(layer.src().floats() / blocks_),
        dst_block_(layer.dst().floats() / blocks_) {
    const kernels::ConvShape& s = layer.shape();
    weights_ = s.oc * s.ic * s.kh * s.kw;
    if (binding.diff_dst != nullptr)
      sums_.resize(static_cast<std::size_t>((weights_ + s.oc) * layer.src().lanes()));
  }

  void forward(const ShardId& /*shard*/) override {
    for (std::int64_t i = 0; i < blocks_; ++i)
      forward(binding_.src + i * src_block_, binding_.dst + i * dst_block_);
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& gradients) override {
    const kernels::Table& kernel = kernels::active();
    if (layer_.options().relu)
      kernel.relu_backward(blocks_ * dst_block_, binding_.dst, binding_.diff_dst);
    std::ranges::fill(sums_, 0.0F);
    for (std::int64_t i = 0; i < blocks_; ++i) {
      const float* diff_dst = binding_.diff_dst + i * dst_block_;
      kernel.conv_lanes_backward_weights(layer_.shape(), binding_.src + i * src_block_, diff_dst,
                                         sums_.data());
      if (binding_.diff_src != nullptr)
        kernel.conv_lanes_backward_data(layer_.shape(), diff_dst, layer_.weights(),
                                        binding_.diff_src + i * src_block_);
    }
    kernel.sum_lanes(weights_, sums_.data(), gradients[Role::weight].data());
    kernel.sum_lanes(layer_.shape().oc, sums_.data() + weights_ * kernel.lanes,
                     gradients[Role::bias].data());
  }

 private:
  void forward(const float* src, float* dst) const {
    const kernels::Table& kernel = kernels::active();
    const auto& [relu, pooled, purpose] = layer_.options();
    if (layer_.sparse() && pooled) {
      kernel.conv_lanes_sparse_pooled(layer_.shape(), layer_.kept().view(), src, layer_.bias(),
                                      relu, dst);
    } else if (layer_.sparse()) {
      kernel.conv_lanes_sparse(layer_.shape(), layer_.tiles().view(), src, layer_.bias(), relu,
                               dst);
    } else {
      const auto run = pooled ? kernel.conv_lanes_forward_pooled : kernel.conv_lanes_forward;
      run(layer_.shape(), src, layer_.weights(), layer_.bias(), relu, dst);
    }
  }

  const ConvolutionLanesLayer& layer_;
  Binding binding_;
  std::int64_t blocks_, src_block_, dst_block_, weights_;
  AlignedVector<float> sums_;  // gradients of weights and biases, by lane
};

}  // namespace

ConvolutionLanesLayer::ConvolutionLanesLayer(std::string name, const Conv2d& spec, const Blob& src,
                                             const Extent& dst,
                                             const ConvolutionLanesOptions& options)
    : Layer(std::move(name), src, {src.images, dst, src.layout}),
      shape_{src.extent.c,
             src.extent.h,
             src.extent.w,
             spec.oc,
             window_count(src.extent.h, spec.along_h()),
             window_count(src.extent.w, spec.along_w()),
             spec.kh,
             spec.kw,
             spec.sh,
             spec.sw,
             spec.ph.l,
             spec.pw.l},
      options_(options),
      parameters_(options.purpose) {
  assert(src.layout == lanes_layout() && covers(spec));
  assert(!options.pooled || options.purpose == Purpose::inference);
}

/// Offsets of taps within a block are 32 bits wide.
bool ConvolutionLanesLayer::has_sparse_kernel() const {
  if (!options_.pooled) return kernels::PackedConvTiles::fits_in_lanes(shape_, src().lanes());
  return src().floats() / src().blocks() <= std::numeric_limits<std::uint32_t>::max();
}

std::string ConvolutionLanesLayer::kernel() const {
  return std::string(sparse_ ? "sparse" : "dense") + " in lanes" +
         (options_.pooled ? ", max pool" : "");
}

void ConvolutionLanesLayer::set_parameters(const LayerParameters& parameters) {
  const std::span all = parameters[Role::weight];
  parameters_.set(parameters);
  if (options_.purpose == Purpose::training) return;
  const auto zeros = static_cast<double>(std::ranges::count(all, 0.0F));
  sparse_ = zeros >= kSparseRule * static_cast<double>(weight_count()) && has_sparse_kernel();
  if (!sparse_) return;
  if (options_.pooled)
    kept_ = kernels::PackedConv(shape_, all, src().lanes());
  else
    tiles_ = kernels::PackedConvTiles::in_lanes(shape_, all, src().lanes());
}

std::unique_ptr<BoundLayer> ConvolutionLanesLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundConvolutionLanes>(*this, binding);
}

}  // namespace karnin
