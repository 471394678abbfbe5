// Inverted dropout (Srivastava et al., JMLR 15, 2014). Only in training: inference has no such
// layer.
#pragma once

#include "runtime/graph/ops/dropout.h"
#include "runtime/layers/layer.h"

namespace karnin {

/// Whether an element is dropped is a hash of (seed, step, position in the batch, layer, element in
/// C, H, W order): no thread, shard size or layout changes it.
class DropoutLayer : public Layer {
 public:
  /// `number` tells apart the dropouts of a network; rate is in [0, 1).
  DropoutLayer(std::string name, const Dropout& spec, const Blob& src, std::uint64_t number)
      : Layer(std::move(name), src, src), rate_(spec.rate), number_(number) {}

  /// A max pool in lanes finds its maxima again by their values, which dropout scales.
  std::optional<std::size_t> in_place() const override { return std::nullopt; }
  std::string kernel() const override { return "dropout"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  float rate_;
  std::uint64_t number_;
};

}  // namespace karnin
