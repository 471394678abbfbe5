#include "runtime/layers/convolution_sparse_planes.h"

#include <cassert>

#include "runtime/layers/shared_rows.h"

namespace karnin {
namespace {

kernels::ConvShape shape_of(const Conv2d& spec, const Extent& src, const Extent& dst) {
  return {src.c,   src.h,   src.w,     spec.oc,   dst.h,   dst.w,   spec.kh,    spec.kw,
          spec.sh, spec.sw, spec.ph.l, spec.pw.l, spec.dh, spec.dw, spec.groups};
}

class BoundConvolutionSparsePlanes : public BoundLayer {
 public:
  BoundConvolutionSparsePlanes(const ConvolutionSparsePlanesLayer& layer, const Binding& binding)
      : layer_(layer), binding_(binding) {}

  void forward(const ShardId& /*shard*/) override {
    share_rows(layer_.shape(), layer_.kept(), layer_.src().images,
               [&](std::int64_t first, std::int64_t end) { layer_.run(first, end, binding_); });
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    assert(!"for inference alone");
  }

 private:
  const ConvolutionSparsePlanesLayer& layer_;
  Binding binding_;
};

}  // namespace

ConvolutionSparsePlanesLayer::ConvolutionSparsePlanesLayer(
    std::string name, const Conv2d& spec, const Blob& src, const Extent& dst,
    const ConvolutionSparsePlanesOptions& options)
    : Layer(std::move(name), src, {src.images, dst, src.layout}),
      shape_(shape_of(spec, src.extent, dst)),
      options_(options) {
  assert(src.layout == Layout::nchw && covers(spec, src.extent, dst));
}

bool ConvolutionSparsePlanesLayer::covers(const Conv2d& spec, const Extent& src,
                                          const Extent& dst) {
  return kernels::PackedConvTiles::fits_in_planes(shape_of(spec, src, dst),
                                                  kernels::active().lanes);
}

void ConvolutionSparsePlanesLayer::set_parameters(const LayerParameters& parameters) {
  kept_ = kernels::PackedConvTiles::in_planes(shape_, parameters[Role::weight],
                                              kernels::active().lanes);
  bias_.assign(parameters[Role::bias].begin(), parameters[Role::bias].end());
}

void ConvolutionSparsePlanesLayer::run(std::int64_t first, std::int64_t end,
                                       const Binding& binding) const {
  const float* added = options_.add ? binding.others[0].src : nullptr;
  const std::int64_t src_floats = src().image_floats(), dst_floats = dst().image_floats();
  for (std::int64_t image = 0; image < src().images; ++image)
    kernels::active().conv_planes_sparse(shape_, kept_.view(), first, end,
                                         binding.src + image * src_floats, bias_.data(),
                                         added == nullptr ? nullptr : added + image * dst_floats,
                                         options_.relu, binding.dst + image * dst_floats);
}

std::unique_ptr<BoundLayer> ConvolutionSparsePlanesLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundConvolutionSparsePlanes>(*this, binding);
}

}  // namespace karnin
