// Convolution, with the ReLU that follows it if there is one.
#pragma once

#include "runtime/layers/layer.h"
#include "runtime/onednn/convolution.h"

namespace karnin {

class ConvolutionLayer : public Layer {
 public:
  /// `dst` as the shape rule gives it. src().layout may differ from that of `src`: whatever comes
  /// before has to deliver the one this layer asks for.
  ConvolutionLayer(std::string name, const Conv2d& spec, const Blob& src, const Extent& dst,
                   const onednn::ConvolutionOptions& options);

  std::string kernel() const override { return "onednn " + convolution_->implementation(); }
  void set_parameters(const LayerParameters& parameters) override;
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  ConvolutionLayer(std::string name, std::unique_ptr<onednn::Convolution> convolution, bool relu);

  std::unique_ptr<onednn::Convolution> convolution_;
  bool relu_;
};

}  // namespace karnin
