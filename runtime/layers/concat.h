// The channels of several values, one after the other.
#pragma once

#include <vector>

#include "runtime/layers/layer.h"

namespace karnin {

class ConcatLayer : public Layer {
 public:
  /// All inputs, of these extents, are in the layout of the first, which has planes.
  ConcatLayer(std::string name, const Blob& first, std::vector<Extent> srcs, const Extent& dst)
      : Layer(std::move(name), first, {first.images, dst, first.layout}), srcs_(std::move(srcs)) {}

  std::string kernel() const override { return "copy"; }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  std::vector<Extent> srcs_;
};

}  // namespace karnin
