// A change of layout between two layers that could not agree on one.
#pragma once

#include "runtime/layers/layer.h"
#include "runtime/onednn/reorder.h"

namespace karnin {

class ReorderLayer : public Layer {
 public:
  ReorderLayer(std::string name, const Blob& src, Layout dst)
      : ReorderLayer(std::move(name), src, Blob{src.images, src.extent, dst}) {}

  std::string kernel() const override { return std::string("onednn ") + forward_.implementation(); }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

 private:
  ReorderLayer(std::string name, const Blob& src, const Blob& dst)
      : Layer(std::move(name), src, dst), forward_(src, dst), backward_(dst, src) {}

  onednn::Reorder forward_, backward_;
};

}  // namespace karnin
