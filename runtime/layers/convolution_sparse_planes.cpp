#include "runtime/layers/convolution_sparse_planes.h"

#include <algorithm>
#include <cassert>

#include "runtime/core/parallel.h"

namespace karnin {
namespace {

// For which it pays to wake a thread.
constexpr std::int64_t kSharedWork = 200'000;

kernels::ConvShape shape_of(const Conv2d& spec, const Extent& src, const Extent& dst) {
  return {src.c,   src.h,   src.w,   spec.oc, dst.h,     dst.w,
          spec.kh, spec.kw, spec.sh, spec.sw, spec.ph.l, spec.pw.l};
}

class BoundConvolutionSparsePlanes : public BoundLayer {
 public:
  BoundConvolutionSparsePlanes(const ConvolutionSparsePlanesLayer& layer, const Binding& binding)
      : layer_(layer), binding_(binding) {}

  void forward(const ShardId& /*shard*/) override {
    const std::int64_t rows = layer_.dst().extent.h, each = layer_.tile_rows();
    const std::int64_t tiles = (rows + each - 1) / each;
    const std::int64_t parts =
        layer_.work() < kSharedWork ? 1 : std::min<std::int64_t>(tiles, Arena::sharers());
    Arena::share(parts, [&](std::int64_t part) {
      const std::int64_t first = part * tiles / parts, end = (part + 1) * tiles / parts;
      layer_.run(first * each, std::min(end * each, rows), binding_);
    });
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
  return spec.groups == 1 && spec.dh == 1 && spec.dw == 1 &&
         kernels::PackedConvTiles::fits_in_planes(shape_of(spec, src, dst),
                                                  kernels::active().lanes);
}

void ConvolutionSparsePlanesLayer::set_parameters(const LayerParameters& parameters) {
  kept_ = kernels::PackedConvTiles::in_planes(shape_, parameters[Role::weight],
                                              kernels::active().lanes);
  bias_.assign(parameters[Role::bias].begin(), parameters[Role::bias].end());
}

std::int64_t ConvolutionSparsePlanesLayer::work() const {
  const kernels::SparseTiles view = kept_.view();
  return src().images * shape_.oh * shape_.ow * view.row_ptr[view.groups * shape_.oc];
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
