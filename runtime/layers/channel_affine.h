// A factor and a summand for each channel: batch normalisation by fixed statistics is one, too.
#pragma once

#include <optional>
#include <vector>

#include "runtime/layers/layer.h"

namespace karnin {

/// scale inverse (x - mean) + shift.
struct ChannelAffineTerms {
  float scale = 1, shift = 0, mean = 0, inverse = 1;
};

/// For every channel scale x + shift, or with an epsilon scale (x - mean) / sqrt(variance +
/// epsilon) + shift.
std::vector<ChannelAffineTerms> affine_terms(const LayerParameters& parameters,
                                             std::optional<float> epsilon);

class ChannelAffineLayer : public Layer {
 public:
  /// As affine_terms() says, of src, which has planes.
  ChannelAffineLayer(std::string name, const Blob& src, std::optional<float> epsilon,
                     Purpose purpose);

  /// Backward looks at src.
  std::optional<std::size_t> in_place() const override {
    if (purpose_ == Purpose::training) return std::nullopt;
    return 0;
  }
  std::string kernel() const override { return "elementwise"; }
  void set_parameters(const LayerParameters& parameters) override {
    channels_ = affine_terms(parameters, epsilon_);
  }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

  const std::vector<ChannelAffineTerms>& channels() const { return channels_; }

 private:
  std::optional<float> epsilon_;
  Purpose purpose_;
  std::vector<ChannelAffineTerms> channels_;
};

}  // namespace karnin
