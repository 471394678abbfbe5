#include "runtime/layers/pad.h"

#include <algorithm>
#include <cassert>

namespace karnin {
namespace {

class BoundPad : public BoundLayer {
 public:
  BoundPad(const Pad& op, const Blob& src, const Blob& dst, const Binding& binding)
      : op_(op), src_(src), dst_(dst), binding_(binding) {
    assert(src.has_planes());
  }

  void forward(const ShardId& /*shard*/) override {
    std::fill_n(binding_.dst, dst_.floats(), op_.value);
    for_each_row([&](std::int64_t src, std::int64_t dst, std::int64_t floats) {
      std::copy_n(binding_.src + src, floats, binding_.dst + dst);
    });
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    if (binding_.diff_src == nullptr) return;
    for_each_row([&](std::int64_t src, std::int64_t dst, std::int64_t floats) {
      std::copy_n(binding_.diff_dst + dst, floats, binding_.diff_src + src);
    });
  }

 private:
  /// visit(src offset, dst offset, floats) of what isn't border.
  template <typename Visit>
  void for_each_row(const Visit& visit) const {
    const std::int64_t row = src_.extent.w * src_.lanes(), dst_row = dst_.extent.w * dst_.lanes();
    const std::int64_t planes = src_.floats() / src_.plane_floats();
    for (std::int64_t plane = 0; plane < planes; ++plane)
      for (std::int64_t y = 0; y < src_.extent.h; ++y)
        visit((plane * src_.extent.h + y) * row,
              (plane * dst_.extent.h + y + op_.h.l) * dst_row + op_.w.l * dst_.lanes(), row);
  }

  Pad op_;
  Blob src_, dst_;
  Binding binding_;
};

}  // namespace

std::unique_ptr<BoundLayer> PadLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundPad>(op_, src(), dst(), binding);
}

}  // namespace karnin
