#include "runtime/layers/reorder.h"

#include <optional>

namespace karnin {
namespace {

class BoundReorder : public BoundLayer {
 public:
  BoundReorder(const onednn::Reorder& forward, const onednn::Reorder& backward,
               const Binding& binding)
      : forward_(forward, binding.src, binding.dst) {
    if (binding.diff_src != nullptr)
      backward_.emplace(backward, binding.diff_dst, binding.diff_src);
  }

  void forward(const ShardId& /*shard*/) override { forward_.run(); }
  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    if (backward_) backward_->run();
  }

 private:
  onednn::Reorder::Bound forward_;
  std::optional<onednn::Reorder::Bound> backward_;
};

}  // namespace

std::unique_ptr<BoundLayer> ReorderLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundReorder>(forward_, backward_, binding);
}

}  // namespace karnin
