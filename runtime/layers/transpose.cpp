#include "runtime/layers/transpose.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace karnin {
namespace {

class BoundTranspose : public BoundLayer {
 public:
  BoundTranspose(const Transpose& op, const Blob& src, const Blob& dst, const Binding& binding)
      : dst_(dst), binding_(binding) {
    assert(src.has_planes());
    const std::array strides{src.extent.h * src.extent.w, src.extent.w, std::int64_t{1}};
    for (std::size_t axis = 0; axis < strides_.size(); ++axis)
      strides_[axis] = strides[static_cast<std::size_t>(op.order[axis])] * src.lanes();
  }

  void forward(const ShardId& /*shard*/) override {
    for_each([&](std::int64_t from, std::int64_t to) {
      std::copy_n(binding_.src + from, dst_.lanes(), binding_.dst + to);
    });
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    if (binding_.diff_src == nullptr) return;
    for_each([&](std::int64_t from, std::int64_t to) {
      std::copy_n(binding_.diff_dst + to, dst_.lanes(), binding_.diff_src + from);
    });
  }

 private:
  /// visit(src offset, dst offset) of every element and all images in its lanes.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    const auto& [c, h, w] = dst_.extent;
    std::int64_t to = 0;
    for (std::int64_t block = 0; block < dst_.blocks(); ++block)
      for (std::int64_t z = 0; z < c; ++z)
        for (std::int64_t y = 0; y < h; ++y)
          for (std::int64_t x = 0; x < w; ++x, to += dst_.lanes())
            visit(block * dst_.extent.size() * dst_.lanes() + z * strides_[0] + y * strides_[1] +
                      x * strides_[2],
                  to);
  }

  Blob dst_;
  Binding binding_;
  std::array<std::int64_t, 3> strides_{};  // in src, by axis of dst
};

}  // namespace

std::unique_ptr<BoundLayer> TransposeLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundTranspose>(op_, src(), dst(), binding);
}

}  // namespace karnin
