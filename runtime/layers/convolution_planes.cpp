#include "runtime/layers/convolution_planes.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace karnin {
namespace {

// Behind every input channel: what vectors read beyond it. And an odd number of cache lines, or
// channels that are a power of two apart would all want the same ones.
constexpr std::int64_t kSpare = 16;

/// Reads the parameters through the layer, because they may move between two steps.
class BoundConvolutionPlanes : public BoundLayer {
 public:
  BoundConvolutionPlanes(const ConvolutionPlanesLayer& layer, const Binding& binding)
      : layer_(layer),
        binding_(binding),
        src_(floats(layer.shape().ic * layer.shape().src_channel)),
        tops_(floats(layer.dst().floats())),
        scratch_(kernels::active().conv_planes_scratch(layer.shape())) {
    if (binding.diff_dst == nullptr) return;
    row_ptr_.resize(floats(layer.shape().oc * layer.shape().images + 1));
    entries_.resize(tops_.size() + 1);
    if (binding.diff_src != nullptr)
      pixels_.resize(floats(layer.shape().images * plane() * kernels::active().lanes));
  }

  void forward(const ShardId& /*shard*/) override {
    gather_channels();
    kernels::active().conv_planes_forward(layer_.shape(), src_.data(), layer_.weights(),
                                          layer_.bias(), layer_.relu(), binding_.dst, tops_.data(),
                                          scratch_.data());
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& gradients) override {
    const kernels::Table& kernel = kernels::active();
    const kernels::ConvPoolShape& shape = layer_.shape();
    if (layer_.relu()) kernel.relu_backward(layer_.dst().floats(), binding_.dst, binding_.diff_dst);
    kernel.conv_planes_collect(shape, tops_.data(), binding_.diff_dst, row_ptr_.data(),
                               entries_.data());
    const kernels::TopGradients tops{row_ptr_.data(), entries_.data()};
    kernel.conv_planes_backward_weights(shape, src_.data(), binding_.diff_dst, tops,
                                        gradients[Role::weight].data(),
                                        gradients[Role::bias].data());
    if (binding_.diff_src != nullptr)
      kernel.conv_planes_backward_data(shape, tops, layer_.blocked_weights(), pixels_.data(),
                                       binding_.diff_src);
  }

 private:
  static std::size_t floats(std::int64_t count) { return static_cast<std::size_t>(count); }
  std::int64_t plane() const { return layer_.shape().ih * layer_.shape().iw; }

  /// [images][ic] planes to [ic][images], so that a position tells the image, too.
  void gather_channels() {
    const kernels::ConvPoolShape& s = layer_.shape();
    for (std::int64_t ic = 0; ic < s.ic; ++ic)
      for (std::int64_t image = 0; image < s.images; ++image)
        std::copy_n(binding_.src + (image * s.ic + ic) * plane(), plane(),
                    src_.data() + ic * s.src_channel + image * plane());
  }

  const ConvolutionPlanesLayer& layer_;
  Binding binding_;
  AlignedVector<float> src_;
  AlignedVector<float> tops_, scratch_, pixels_;
  std::vector<std::uint32_t> row_ptr_;
  std::vector<kernels::TopGradient> entries_;
};

}  // namespace

bool ConvolutionPlanesLayer::covers(const Extent& src, const Extent& dst, std::int64_t images) {
  constexpr std::int64_t kExactInFloat = std::int64_t{1} << 24;
  return images * src.h * src.w < kExactInFloat &&
         images * dst.size() <= std::numeric_limits<std::uint32_t>::max();
}

ConvolutionPlanesLayer::ConvolutionPlanesLayer(std::string name, const Conv2d& spec,
                                               const Blob& src, const Extent& dst,
                                               const ConvolutionPlanesOptions& options)
    : Layer(std::move(name), src, {src.images, dst, src.layout}),
      shape_{src.images,   src.extent.c,
             src.extent.h, src.extent.w,
             dst.c,        dst.h,
             dst.w,        spec.kh,
             spec.kw,      src.images * src.extent.h * src.extent.w + kSpare},
      options_(options),
      parameters_(options.purpose) {
  assert(src.layout == Layout::nchw && covers(src.extent, dst, src.images));
  assert((spec == Conv2d{spec.oc, spec.kh, spec.kw}));
  const std::int64_t lanes = kernels::active().lanes, blocks = (shape_.ic + lanes - 1) / lanes;
  if (options.diff_src)
    blocked_.resize(static_cast<std::size_t>(shape_.oc * blocks * lanes * shape_.kh * shape_.kw));
}

void ConvolutionPlanesLayer::set_parameters(const LayerParameters& parameters) {
  parameters_.set(parameters);
  const std::int64_t taps = shape_.kh * shape_.kw;
  const auto block = static_cast<std::int64_t>(blocked_.size()) / shape_.oc;
  for (std::int64_t oc = 0; block > 0 && oc < shape_.oc; ++oc)
    kernels::active().rows_to_blocks(shape_.ic, taps, weights() + oc * shape_.ic * taps,
                                     blocked_.data() + oc * block);
}

std::unique_ptr<BoundLayer> ConvolutionPlanesLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundConvolutionPlanes>(*this, binding);
}

}  // namespace karnin
