#include "runtime/layers/max_pooling.h"

#include <algorithm>

#include "runtime/layers/channel_vector.h"

namespace karnin {
namespace {

/// The pixels of one window that lie inside the image.
struct Window {
  std::int64_t y_begin, y_end, x_begin, x_end;
};

/// visit(pixel) for every pixel of the window, row by row.
template <typename Visit>
void for_each_pixel(const Window& window, std::int64_t width, const Visit& visit) {
  for (std::int64_t y = window.y_begin; y < window.y_end; ++y)
    for (std::int64_t x = window.x_begin; x < window.x_end; ++x) visit(y * width + x);
}

class BoundMaxPooling : public BoundLayer {
 public:
  BoundMaxPooling(const Pool2d& spec, const Blob& src, const Blob& dst, const Binding& binding)
      : spec_(spec),
        src_(src),
        dst_(dst),
        src_stride_(src.block()),
        dst_stride_(dst.block()),
        binding_(binding) {}

  void forward(const ShardId& /*shard*/) override {
    for_each_chunk([&](auto chunk) { forward(chunk); });
  }

  void backward(const ShardId& /*shard*/, float* /*diff_weights*/, float* /*diff_bias*/) override {
    if (binding_.diff_src == nullptr) return;
    std::fill_n(binding_.diff_src, src_.floats(), 0.0F);
    for_each_chunk([&](auto chunk) { backward(chunk); });
  }

 private:
  /// Neighbouring channels of one image, and the first `stored` of them in dst.
  template <typename V>
  struct Chunk {
    std::int64_t src, dst;  // offsets of the first channel's first pixel
    std::int64_t stored;
  };

  /// The channels of an image from `c` on, up to the last that dst has room for.
  template <typename Visit>
  void for_each_chunk(const Visit& visit) const {
    const std::int64_t src_channels = padded_channels(src_), dst_channels = padded_channels(dst_);
    for (std::int64_t image = 0; image < src_.images; ++image)
      for (std::int64_t c = 0; c < dst_channels;) {
        const std::int64_t src = image * src_.image_floats() + src_.offset(c, 0);
        const std::int64_t dst = image * dst_.image_floats() + dst_.offset(c, 0);
        constexpr std::int64_t kWide = kLanes<Channels>;
        if (src_stride_ >= kWide && c + kWide <= src_channels) {
          visit(Chunk<Channels>{src, dst, std::min(kWide, dst_channels - c)});
          c += kWide;
        } else {
          visit(Chunk<float>{src, dst, 1});
          c += 1;
        }
      }
  }

  static std::int64_t padded_channels(const Blob& blob) {
    return blob.image_floats() / (blob.extent.h * blob.extent.w);
  }

  /// visit(window, pixel of dst) for every window, row by row.
  template <typename Visit>
  void for_each_window(const Visit& visit) const {
    std::int64_t pixel = 0;
    for (std::int64_t oy = 0; oy < dst_.extent.h; ++oy)
      for (std::int64_t ox = 0; ox < dst_.extent.w; ++ox, ++pixel) {
        const std::int64_t y = oy * spec_.sh - spec_.ph, x = ox * spec_.sw - spec_.pw;
        visit(Window{std::max<std::int64_t>(y, 0), std::min(y + spec_.kh, src_.extent.h),
                     std::max<std::int64_t>(x, 0), std::min(x + spec_.kw, src_.extent.w)},
              pixel);
      }
  }

  template <typename V>
  V maximum(const Window& window, const float* src) const {
    const std::int64_t width = src_.extent.w, stride = src_stride_;
    V best = load<V>(src + (window.y_begin * width + window.x_begin) * stride);
    for_each_pixel(window, width,
                   [&](std::int64_t pixel) { best = larger(best, load<V>(src + pixel * stride)); });
    return best;
  }

  template <typename V>
  void forward(const Chunk<V>& chunk) const {
    const float* src = binding_.src + chunk.src;
    float* dst = binding_.dst + chunk.dst;
    for_each_window([&](const Window& window, std::int64_t pixel) {
      store(maximum<V>(window, src), dst + pixel * dst_stride_, chunk.stored);
    });
  }

  /// The gradient goes to the first maximum, found again in src: dst may have been worked on in
  /// place since.
  template <typename V>
  void backward(const Chunk<V>& chunk) const {
    const float* src = binding_.src + chunk.src;
    float* diff_src = binding_.diff_src + chunk.src;
    const float* diff_dst = binding_.diff_dst + chunk.dst;
    const std::int64_t width = src_.extent.w, stride = src_stride_;
    const V zero(0.0F);
    for_each_window([&](const Window& window, std::int64_t dst_pixel) {
      const V best = maximum<V>(window, src);
      // What has not found its maximum yet.
      V left = load<V>(diff_dst + dst_pixel * dst_stride_, chunk.stored);
      for_each_pixel(window, width, [&](std::int64_t pixel) {
        const auto hit = load<V>(src + pixel * stride) == best;
        float* diff = diff_src + pixel * stride;
        store(load<V>(diff) + choose(hit, left, zero), diff);
        left = choose(hit, zero, left);
      });
    });
  }

  Pool2d spec_;
  Blob src_, dst_;
  std::int64_t src_stride_, dst_stride_;  // from a pixel to the next
  Binding binding_;
};

Blob pooled(const Blob& src, const Extent& dst) {
  return {src.images, dst, src.layout == Layout::nChw8c ? Layout::nhwc : src.layout};
}

}  // namespace

MaxPoolingLayer::MaxPoolingLayer(std::string name, const Pool2d& spec, const Blob& src,
                                 const Extent& dst)
    : Layer(std::move(name), src, pooled(src, dst)), spec_(spec) {}

std::unique_ptr<BoundLayer> MaxPoolingLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundMaxPooling>(spec_, src(), dst(), binding);
}

}  // namespace karnin
