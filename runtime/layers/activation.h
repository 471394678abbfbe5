// Functions of one number that no other layer has taken in.
#pragma once

#include "runtime/graph/ops/activation.h"
#include "runtime/layers/layer.h"

namespace karnin {

class ActivationLayer : public Layer {
 public:
  /// Where channels are padded, only for what keeps zero.
  ActivationLayer(std::string name, const Activation& op, const Blob& src, Purpose purpose)
      : Layer(std::move(name), src, src), op_(op), purpose_(purpose) {}

  /// Backward looks at src.
  std::optional<std::size_t> in_place() const override {
    if (purpose_ == Purpose::training) return std::nullopt;
    return 0;
  }
  std::string kernel() const override { return "elementwise"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  Activation op_;
  Purpose purpose_;
};

}  // namespace karnin
