// Weights and biases as they are, for layers that work on them without packing them.
#pragma once

#include "runtime/core/aligned.h"
#include "runtime/layers/layer.h"

namespace karnin {

/// Copied for inference; in training used where they are, because the optimizer moves them in
/// place.
class PlainParameters {
 public:
  explicit PlainParameters(Purpose purpose) : purpose_(purpose) {}

  void set(const LayerParameters& parameters) {
    const std::span weights = parameters[Role::weight], bias = parameters[Role::bias];
    weights_ = weights.data();
    bias_ = bias.data();
    if (purpose_ == Purpose::training) return;
    copy_.assign(weights.begin(), weights.end());
    copy_.insert(copy_.end(), bias.begin(), bias.end());
    weights_ = copy_.data();
    bias_ = copy_.data() + weights.size();
  }

  const float* weights() const { return weights_; }
  const float* bias() const { return bias_; }

 private:
  Purpose purpose_;
  AlignedVector<float> copy_;  // weights, then biases
  const float* weights_ = nullptr;
  const float* bias_ = nullptr;
};

}  // namespace karnin
