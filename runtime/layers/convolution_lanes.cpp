#include "runtime/layers/convolution_lanes.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

#include "runtime/kernels/kernels.h"
#include "runtime/layers/reorder_lanes.h"
#include "runtime/layers/shared_rows.h"

namespace karnin {
namespace {

// A kept weight costs a little more than one that is just another one of all.
constexpr double kSparseRule = 0.3;

kernels::ConvShape shape_of(const Conv2d& spec, const Extent& src) {
  return {src.c,
          src.h,
          src.w,
          spec.oc,
          window_count(src.h, spec.along_h()),
          window_count(src.w, spec.along_w()),
          spec.kh,
          spec.kw,
          spec.sh,
          spec.sw,
          spec.ph.l,
          spec.pw.l,
          spec.dh,
          spec.dw,
          spec.groups};
}

bool is_plain(const Conv2d& spec) { return spec.groups == 1 && spec.dh == 1 && spec.dw == 1; }

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
    if (layer.options().add) sum_.resize(static_cast<std::size_t>(dst_block_));
    if (binding.diff_dst != nullptr)
      sums_.resize(static_cast<std::size_t>((weights_ + s.oc) * layer.src().lanes()));
  }

  void forward(const ShardId& /*shard*/) override {
    const float* added = layer_.options().add ? binding_.others[0].src : nullptr;
    for (std::int64_t i = 0; i < blocks_; ++i)
      forward(binding_.src + i * src_block_, added == nullptr ? nullptr : added + i * dst_block_,
              binding_.dst + i * dst_block_);
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
  void forward(const float* src, const float* added, float* dst) {
    const kernels::Table& kernel = kernels::active();
    const bool relu = layer_.options().relu;
    if (layer_.sparse() && !layer_.options().pooled) return sparse(src, added, dst);
    if (layer_.sparse())
      return kernel.conv_lanes_sparse_pooled(layer_.shape(), layer_.kept().view(), src,
                                             layer_.bias(), relu, dst);
    if (added != nullptr) return added_to(added, src, dst);
    const auto run =
        layer_.options().pooled ? kernel.conv_lanes_forward_pooled : kernel.conv_lanes_forward;
    run(layer_.shape(), src, layer_.weights(), layer_.bias(), relu, dst);
  }

  void sparse(const float* src, const float* added, float* dst) const {
    const kernels::SparseTiles kept = layer_.tiles().view();
    share_rows(
        layer_.shape(), kept, layer_.src().lanes(), [&](std::int64_t first, std::int64_t end) {
          kernels::active().conv_lanes_sparse(layer_.shape(), kept, first, end, src, layer_.bias(),
                                              added, layer_.options().relu, dst);
        });
  }

  /// dst may be where `added` is.
  void added_to(const float* added, const float* src, float* dst) {
    const kernels::Table& kernel = kernels::active();
    kernel.conv_lanes_forward(layer_.shape(), src, layer_.weights(), layer_.bias(), false,
                              sum_.data());
    const std::array<const float*, 2> srcs{sum_.data(), added};
    kernel.tree_sum(dst_block_, srcs.size(), srcs.data(), dst);
    if (layer_.options().relu) kernel.relu(dst_block_, dst);
  }

  const ConvolutionLanesLayer& layer_;
  Binding binding_;
  std::int64_t blocks_, src_block_, dst_block_, weights_;
  AlignedVector<float> sums_;  // gradients of weights and biases, by lane
  AlignedVector<float> sum_;   // of a dense convolution, before something is added
};

}  // namespace

ConvolutionLanesLayer::ConvolutionLanesLayer(std::string name, const Conv2d& spec, const Blob& src,
                                             const Extent& dst,
                                             const ConvolutionLanesOptions& options)
    : Layer(std::move(name), src, {src.images, dst, src.layout}),
      shape_(shape_of(spec, src.extent)),
      options_(options),
      parameters_(options.purpose) {
  assert(src.layout == lanes_layout() && covers(spec, src.extent, options.purpose));
  assert(!options.pooled || options.purpose == Purpose::inference);
}

bool ConvolutionLanesLayer::covers(const Conv2d& spec, const Extent& src, Purpose purpose) {
  return is_plain(spec) ||
         (purpose == Purpose::inference &&
          kernels::PackedConvTiles::fits_in_lanes(shape_of(spec, src), kernels::active().lanes));
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
  const bool plain = shape_.groups == 1 && shape_.dh == 1 && shape_.dw == 1;
  sparse_ =
      (!plain || zeros >= kSparseRule * static_cast<double>(all.size())) && has_sparse_kernel();
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
