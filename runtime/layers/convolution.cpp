#include "runtime/layers/convolution.h"

#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

class BoundConvolution : public BoundLayer {
 public:
  BoundConvolution(const onednn::Convolution& convolution, const Binding& binding, bool relu)
      : bound_(convolution, binding),
        binding_(binding),
        dst_floats_(convolution.dst().floats()),
        relu_(relu) {}

  void forward(const ShardId& /*shard*/) override { bound_.forward(); }

  void backward(const ShardId& /*shard*/, const LayerGradients& gradients) override {
    if (relu_) kernels::active().relu_backward(dst_floats_, binding_.dst, binding_.diff_dst);
    bound_.backward_weights(gradients[Role::weight].data(), gradients[Role::bias].data());
    if (binding_.diff_src != nullptr) bound_.backward_data();
  }

 private:
  onednn::Convolution::Bound bound_;
  Binding binding_;
  std::int64_t dst_floats_;
  bool relu_;
};

}  // namespace

ConvolutionLayer::ConvolutionLayer(std::string name, const Conv2d& spec, const Blob& src,
                                   const Extent& dst, const onednn::ConvolutionOptions& options)
    : ConvolutionLayer(std::move(name),
                       std::make_unique<onednn::Convolution>(spec, src, dst, options),
                       options.relu) {}

ConvolutionLayer::ConvolutionLayer(std::string name,
                                   std::unique_ptr<onednn::Convolution> convolution, bool relu)
    : Layer(std::move(name), convolution->src(), convolution->dst()),
      convolution_(std::move(convolution)),
      relu_(relu) {}

void ConvolutionLayer::set_parameters(const LayerParameters& parameters) {
  convolution_->set_parameters(parameters[Role::weight].data(), parameters[Role::bias].data());
}

std::unique_ptr<BoundLayer> ConvolutionLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundConvolution>(*convolution_, binding, relu_);
}

}  // namespace karnin
