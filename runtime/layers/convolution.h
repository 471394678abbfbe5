// Convolution by oneDNN, with what follows it: an addition of its second input, an activation.
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

  std::string kernel() const override;
  /// What is added to the output may be where that will be.
  std::optional<std::size_t> in_place() const override {
    return options_.add ? std::optional<std::size_t>(1) : std::nullopt;
  }
  Layout others_layout() const override { return dst().layout; }
  void set_parameters(const LayerParameters& parameters) override;
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  ConvolutionLayer(std::string name, std::unique_ptr<onednn::Convolution> convolution,
                   const onednn::ConvolutionOptions& options);

  std::unique_ptr<onednn::Convolution> convolution_;
  onednn::ConvolutionOptions options_;
};

}  // namespace karnin
