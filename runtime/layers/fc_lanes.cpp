#include "runtime/layers/fc_lanes.h"

#include <cassert>

#include "runtime/core/parallel.h"
#include "runtime/kernels/kernels.h"
#include "runtime/layers/reorder_lanes.h"

namespace karnin {
namespace {

/// All lanes, also those without an image.
kernels::FcShape shape_of(const Layer& layer) {
  const Blob& src = layer.src();
  return {src.blocks() * src.lanes(), src.extent.size(), layer.dst().extent.c};
}

Blob dst_of(const Blob& src, const FullyConnected& spec) {
  assert(src.layout == lanes_layout());
  return {src.images, {spec.oc, 1, 1}, src.layout};
}

/// Reads the parameters through the layer, because they may move between two steps.
class BoundFcLanes : public BoundLayer {
 public:
  BoundFcLanes(const FcLanesLayer& layer, const Binding& binding)
      : layer_(layer), binding_(binding), shape_(shape_of(layer)) {
    if (binding.diff_dst == nullptr) return;
    src_rows_.resize(static_cast<std::size_t>(layer.src().images * shape_.ic));
    diff_rows_.resize(static_cast<std::size_t>(layer.src().images * shape_.oc));
  }

  void forward(const ShardId& /*shard*/) override {
    const kernels::Table& kernel = kernels::active();
    if (const MaskedFc* masked = layer_.masked())
      kernel.fc_lanes_sparse(shape_, masked->forward(), binding_.src, layer_.bias(), layer_.relu(),
                             binding_.dst);
    else
      kernel.fc_lanes_forward(shape_, binding_.src, layer_.weights(), layer_.bias(), layer_.relu(),
                              binding_.dst);
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& gradients) override {
    const kernels::Table& kernel = kernels::active();
    if (layer_.relu())
      kernel.relu_backward(shape_.rows * shape_.oc, binding_.dst, binding_.diff_dst);
    if (layer_.masked() != nullptr)
      backward_kept(kernel, *layer_.masked(), gradients);
    else
      backward_all(kernel, gradients);
  }

 private:
  void backward_kept(const kernels::Table& kernel, const MaskedFc& masked,
                     const LayerGradients& gradients) {
    kernel.fc_lanes_backward_kept(shape_, masked.pattern(), binding_.src, binding_.diff_dst,
                                  gradients[Role::weight].data(), gradients[Role::bias].data());
    if (binding_.diff_src != nullptr)
      kernel.fc_lanes_sparse({shape_.rows, shape_.oc, shape_.ic}, masked.backward(),
                             binding_.diff_dst, masked.no_bias(), false, binding_.diff_src);
  }

  void backward_all(const kernels::Table& kernel, const LayerGradients& gradients) {
    backward_weights(kernel, gradients);
    if (binding_.diff_src != nullptr)
      kernel.fc_lanes_backward_data(shape_, binding_.diff_dst, layer_.weights(), binding_.diff_src);
  }

  /// A sum over images: they have to leave the lanes for it.
  void backward_weights(const kernels::Table& kernel, const LayerGradients& gradients) {
    const std::int64_t images = layer_.src().images;
    kernel.blocks_to_rows(images, shape_.ic, binding_.src, src_rows_.data());
    kernel.blocks_to_rows(images, shape_.oc, binding_.diff_dst, diff_rows_.data());
    kernel.fc_backward_weights({images, shape_.ic, shape_.oc}, src_rows_.data(), diff_rows_.data(),
                               gradients[Role::weight].data(), gradients[Role::bias].data());
  }

  const FcLanesLayer& layer_;
  Binding binding_;
  kernels::FcShape shape_;
  AlignedVector<float> src_rows_, diff_rows_;
};

class BoundFcSparseLanes : public BoundLayer {
 public:
  BoundFcSparseLanes(const SparseParts& parts, const AlignedVector<float>& bias, bool relu,
                     const kernels::FcShape& shape, const Binding& binding)
      : parts_(parts), bias_(bias), relu_(relu), shape_(shape), binding_(binding) {}

  void forward(const ShardId& /*shard*/) override {
    Arena::share(parts_.count(), [&](std::int64_t part) {
      kernels::active().fc_lanes_sparse(shape_, parts_.view(part), binding_.src, bias_.data(),
                                        relu_, binding_.dst);
    });
  }
  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {}

 private:
  const SparseParts& parts_;
  const AlignedVector<float>& bias_;
  bool relu_;
  kernels::FcShape shape_;
  Binding binding_;
};

}  // namespace

FcLanesLayer::FcLanesLayer(std::string name, const FullyConnected& spec, const Blob& src, bool relu,
                           Purpose purpose)
    : Layer(std::move(name), src, dst_of(src, spec)), relu_(relu), parameters_(purpose) {}

void FcLanesLayer::set_parameters(const LayerParameters& parameters) {
  parameters_.set(parameters);
  if (masked_) masked_->refresh(weights());
}

void FcLanesLayer::hold_mask(std::span<const std::uint8_t> mask) {
  masked_.reset();
  if (!mask.empty() && MaskedFc::pays(mask))
    masked_.emplace(mask, dst().extent.c, src().extent.size());
}

std::unique_ptr<BoundLayer> FcLanesLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundFcLanes>(*this, binding);
}

FcSparseLanesLayer::FcSparseLanesLayer(std::string name, const FullyConnected& spec,
                                       const Blob& src, bool relu)
    : Layer(std::move(name), src, dst_of(src, spec)), relu_(relu) {}

void FcSparseLanesLayer::set_parameters(const LayerParameters& parameters) {
  const auto [rows, ic, oc] = shape_of(*this);
  set_sparse_parameters(SparseMatrix::from_dense(parameters[Role::weight], oc, ic), parameters);
}

void FcSparseLanesLayer::set_sparse_parameters(const SparseMatrix& weights,
                                               const LayerParameters& others) {
  parts_ = SparseParts(weights, kernels::active().lanes, shape_of(*this).rows);
  bias_.assign(others[Role::bias].begin(), others[Role::bias].end());
}

std::unique_ptr<BoundLayer> FcSparseLanesLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundFcSparseLanes>(parts_, bias_, relu_, shape_of(*this), binding);
}

}  // namespace karnin
