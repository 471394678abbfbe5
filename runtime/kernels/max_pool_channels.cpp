#include "runtime/kernels/max_pool_channels.h"

#include <algorithm>

#include "runtime/kernels/channel_vector.h"

namespace karnin::kernels {
namespace {

/// The pixels of one window that lie inside the image.
struct PixelWindow {
  std::int64_t y_begin, y_end, x_begin, x_end;
};

/// Neighbouring channels of one image, and the first `stored` of them in dst.
template <typename V>
struct ChannelChunk {
  std::int64_t src, dst;  // offsets of the first channel's first pixel
  std::int64_t stored;
};

/// visit(pixel) for every pixel of the window, row by row.
template <typename Visit>
void for_each_pool_pixel(const PixelWindow& window, std::int64_t width, const Visit& visit) {
  for (std::int64_t y = window.y_begin; y < window.y_end; ++y)
    for (std::int64_t x = window.x_begin; x < window.x_end; ++x) visit(y * width + x);
}

std::int64_t padded_channels(const Blob& blob) {
  return blob.image_floats() / (blob.extent.h * blob.extent.w);
}

/// visit(chunk) for the channels of every image, up to the last that dst has room for.
template <typename Visit>
void for_each_chunk(const MaxPoolShape& shape, const Visit& visit) {
  const Blob &src = shape.src, &dst = shape.dst;
  const std::int64_t src_channels = padded_channels(src), dst_channels = padded_channels(dst);
  for (std::int64_t image = 0; image < src.images; ++image)
    for (std::int64_t c = 0; c < dst_channels;) {
      const std::int64_t from = image * src.image_floats() + src.offset(c, 0);
      const std::int64_t to = image * dst.image_floats() + dst.offset(c, 0);
      constexpr std::int64_t kWide = kLanes<Channels>;
      if (src.block() >= kWide && c + kWide <= src_channels) {
        visit(ChannelChunk<Channels>{from, to, std::min(kWide, dst_channels - c)});
        c += kWide;
      } else {
        visit(ChannelChunk<float>{from, to, 1});
        c += 1;
      }
    }
}

/// visit(window, pixel of dst) for every window, row by row.
template <typename Visit>
void for_each_pool_window(const MaxPoolShape& shape, const PooledRows& rows, const Visit& visit) {
  const Extent &src = shape.src.extent, &dst = shape.dst.extent;
  std::int64_t pixel = rows.begin * dst.w;
  for (std::int64_t oy = rows.begin; oy < rows.end; ++oy)
    for (std::int64_t ox = 0; ox < dst.w; ++ox, ++pixel) {
      const std::int64_t y = oy * shape.sh - shape.ph, x = ox * shape.sw - shape.pw;
      visit(PixelWindow{std::max<std::int64_t>(y, 0), std::min(y + shape.kh, src.h),
                        std::max<std::int64_t>(x, 0), std::min(x + shape.kw, src.w)},
            pixel);
    }
}

/// `stride` is from a pixel to the next.
template <typename V>
V window_maximum(const PixelWindow& window, std::int64_t width, std::int64_t stride,
                 const float* src) {
  V best = load<V>(src + (window.y_begin * width + window.x_begin) * stride);
  for_each_pool_pixel(window, width, [&](std::int64_t pixel) {
    best = larger(best, load<V>(src + pixel * stride));
  });
  return best;
}

/// Channels that lie side by side: window by window, so that a window is read from afar once. src
/// and dst are where the first of them has its first pixel; `stored` of them are in dst.
void pool_block(const MaxPoolShape& shape, const PooledRows& rows, std::int64_t channels,
                std::int64_t stored, const float* src, float* dst) {
  constexpr std::int64_t kWide = kLanes<Channels>;
  const std::int64_t width = shape.src.extent.w, stride = shape.src.block();
  for_each_pool_window(shape, rows, [&](const PixelWindow& window, std::int64_t pixel) {
    float* const out = dst + pixel * shape.dst.block();
    std::int64_t c = 0;
    for (; c + kWide <= channels && c < stored; c += kWide)
      store(window_maximum<Channels>(window, width, stride, src + c), out + c,
            std::min(kWide, stored - c));
    for (; c < stored; ++c) out[c] = window_maximum<float>(window, width, stride, src + c);
  });
}

template <typename V>
void unpool_chunk(const MaxPoolShape& shape, const ChannelChunk<V>& chunk, const float* src,
                  const float* diff_dst, float* diff_src) {
  const std::int64_t width = shape.src.extent.w, stride = shape.src.block();
  const std::int64_t dst_stride = shape.dst.block();
  const V zero(0.0F);
  const PooledRows all{0, shape.dst.extent.h};
  for_each_pool_window(shape, all, [&](const PixelWindow& window, std::int64_t dst_pixel) {
    const V best = window_maximum<V>(window, width, stride, src + chunk.src);
    // What has not found its maximum yet.
    V left = load<V>(diff_dst + chunk.dst + dst_pixel * dst_stride, chunk.stored);
    for_each_pool_pixel(window, width, [&](std::int64_t pixel) {
      const auto hit = load<V>(src + chunk.src + pixel * stride) == best;
      float* diff = diff_src + chunk.src + pixel * stride;
      store(load<V>(diff) + choose(hit, left, zero), diff);
      left = choose(hit, zero, left);
    });
  });
}

}  // namespace

void max_pool_forward(const MaxPoolShape& shape, const PooledRows& rows, const float* src,
                      float* dst) noexcept {
  const std::int64_t block = shape.src.block();
  const std::int64_t channels = padded_channels(shape.src), stored = padded_channels(shape.dst);
  for (std::int64_t image = 0; image < shape.src.images; ++image)
    for (std::int64_t c = 0; c < stored; c += block)
      pool_block(shape, rows, std::min(block, channels - c), std::min(block, stored - c),
                 src + image * shape.src.image_floats() + shape.src.offset(c, 0),
                 dst + image * shape.dst.image_floats() + shape.dst.offset(c, 0));
}

void max_pool_backward(const MaxPoolShape& shape, const float* src, const float* diff_dst,
                       float* diff_src) noexcept {
  std::fill_n(diff_src, shape.src.floats(), 0.0F);
  for_each_chunk(shape,
                 [&](const auto& chunk) { unpool_chunk(shape, chunk, src, diff_dst, diff_src); });
}

}  // namespace karnin::kernels
