#include "runtime/layers/fc_training.h"

#include <cassert>

#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

/// Reads the parameters through the layer, because they may move between two steps.
class BoundFcTraining : public BoundLayer {
 public:
  BoundFcTraining(const FcTrainingLayer& layer, const Binding& binding)
      : layer_(layer),
        binding_(binding),
        shape_{layer.src().images, layer.src().extent.size(), layer.dst().extent.c} {}

  void forward(const ShardId& /*shard*/) override {
    kernels::active().fc_forward(shape_, binding_.src, layer_.weights(), layer_.bias(),
                                 layer_.relu(), binding_.dst);
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& gradients) override {
    const kernels::Table& kernel = kernels::active();
    if (layer_.relu())
      kernel.relu_backward(shape_.rows * shape_.oc, binding_.dst, binding_.diff_dst);
    kernel.fc_backward_weights(shape_, binding_.src, binding_.diff_dst,
                               gradients[Role::weight].data(), gradients[Role::bias].data());
    if (binding_.diff_src != nullptr)
      kernel.fc_backward_data(shape_, binding_.diff_dst, layer_.weights(), binding_.diff_src);
  }

 private:
  const FcTrainingLayer& layer_;
  Binding binding_;
  kernels::FcShape shape_;
};

}  // namespace

FcTrainingLayer::FcTrainingLayer(std::string name, const FullyConnected& spec, const Blob& src,
                                 bool relu)
    : Layer(std::move(name), src, {src.images, {spec.oc, 1, 1}, Layout::nchw}), relu_(relu) {
  assert(src.layout == Layout::nchw);
}

void FcTrainingLayer::set_parameters(const LayerParameters& parameters) {
  parameters_.set(parameters);
}

std::unique_ptr<BoundLayer> FcTrainingLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundFcTraining>(*this, binding);
}

}  // namespace karnin
