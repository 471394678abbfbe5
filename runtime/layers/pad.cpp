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
    std::fill_n(binding_.diff_src, src_.floats(), 0.0F);  // what is cut off has no gradient
    for_each_row([&](std::int64_t src, std::int64_t dst, std::int64_t floats) {
      std::copy_n(binding_.diff_dst + dst, floats, binding_.diff_src + src);
    });
  }

 private:
  /// Where an axis goes on in the other image: what is cut off has no place there.
  static std::int64_t first(std::int64_t side) { return std::max<std::int64_t>(side, 0); }

  /// visit(src offset, dst offset, floats) of what is in both.
  template <typename Visit>
  void for_each_row(const Visit& visit) const {
    const Extent &src = src_.extent, &dst = dst_.extent;
    const std::int64_t lanes = src_.lanes(), planes = src_.floats() / src_.plane_floats();
    const std::int64_t rows = Pad::kept(src.h, op_.h), row = Pad::kept(src.w, op_.w) * lanes;
    for (std::int64_t plane = 0; plane < planes; ++plane)
      for (std::int64_t y = 0; y < rows; ++y) {
        const std::int64_t from = plane * src.h + y + first(-op_.h.l),
                           to = plane * dst.h + y + first(op_.h.l);
        visit((from * src.w + first(-op_.w.l)) * lanes, (to * dst.w + first(op_.w.l)) * lanes, row);
      }
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
