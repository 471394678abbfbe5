// A leaky ReLU with a slope for each channel.
#pragma once

#include <vector>

#include "runtime/layers/layer.h"

namespace karnin {

class PReluLayer : public Layer {
 public:
  /// src has planes.
  PReluLayer(std::string name, const Blob& src, Purpose purpose)
      : Layer(std::move(name), src, src), purpose_(purpose) {}

  std::optional<std::size_t> in_place() const override {
    if (purpose_ == Purpose::training) return std::nullopt;
    return 0;
  }
  std::string kernel() const override { return "elementwise"; }
  void set_parameters(const LayerParameters& parameters) override {
    slopes_.assign(parameters[Role::slope].begin(), parameters[Role::slope].end());
  }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

  float slope(std::int64_t plane) const {
    return slopes_[static_cast<std::size_t>(plane % src().extent.c)];
  }

 private:
  Purpose purpose_;
  std::vector<float> slopes_;
};

}  // namespace karnin
