#include "runtime/layers/convolution.h"

#include <algorithm>

#include "runtime/core/parallel.h"
#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

class BoundConvolution : public BoundLayer {
 public:
  BoundConvolution(const onednn::Convolution& convolution, const Binding& binding,
                   const onednn::ConvolutionOptions& options)
      : bound_(convolution, binding),
        binding_(binding),
        parts_(convolution.parts()),
        dst_floats_(convolution.dst().floats()),
        relu_(options.relu),
        added_(options.add ? binding.others[0].src : binding.dst) {}

  void forward(const ShardId& /*shard*/) override {
    if (added_ != binding_.dst) std::copy_n(added_, dst_floats_, binding_.dst);
    Arena::share(parts_, [&](std::int64_t part) { bound_.forward(part); });
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& gradients) override {
    if (relu_) kernels::active().relu_backward(dst_floats_, binding_.dst, binding_.diff_dst);
    bound_.backward_weights(gradients[Role::weight].data(), gradients[Role::bias].data());
    if (binding_.diff_src != nullptr) bound_.backward_data();
  }

 private:
  onednn::Convolution::Bound bound_;
  Binding binding_;
  std::int64_t parts_, dst_floats_;
  bool relu_;
  const float* added_;  // dst where it is there already, or nothing is added
};

}  // namespace

ConvolutionLayer::ConvolutionLayer(std::string name, const Conv2d& spec, const Blob& src,
                                   const Extent& dst, const onednn::ConvolutionOptions& options)
    : ConvolutionLayer(std::move(name),
                       std::make_unique<onednn::Convolution>(spec, src, dst, options), options) {}

ConvolutionLayer::ConvolutionLayer(std::string name,
                                   std::unique_ptr<onednn::Convolution> convolution,
                                   const onednn::ConvolutionOptions& options)
    : Layer(std::move(name), convolution->src(), convolution->dst()),
      convolution_(std::move(convolution)),
      options_(options) {}

std::string ConvolutionLayer::kernel() const {
  const std::int64_t parts = convolution_->parts();
  return "onednn " + convolution_->implementation() +
         (parts > 1 ? " in " + std::to_string(parts) + " parts" : "");
}

void ConvolutionLayer::set_parameters(const LayerParameters& parameters) {
  convolution_->set_parameters(parameters[Role::weight].data(), parameters[Role::bias].data());
}

std::unique_ptr<BoundLayer> ConvolutionLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundConvolution>(*convolution_, binding, options_);
}

}  // namespace karnin
