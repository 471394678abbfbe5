// Pooling by oneDNN: average in every network; max is in max_pooling.h, faster.
#pragma once

#include "runtime/layers/layer.h"
#include "runtime/onednn/pooling.h"

namespace karnin {

class PoolingLayer : public Layer {
 public:
  /// `dst` as the shape rule gives it; the layout stays that of src.
  PoolingLayer(std::string name, const Pool2d& spec, const Blob& src, const Extent& dst,
               Purpose purpose)
      : Layer(std::move(name), src, {src.images, dst, src.layout}),
        pooling_(spec, src, dst, purpose == Purpose::training) {}

  std::string kernel() const override { return "onednn " + pooling_.implementation(); }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  onednn::Pooling pooling_;
};

}  // namespace karnin
