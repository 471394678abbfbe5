#include "train/loop/augmentation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"
#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

/// dst(y, x) = src(y + dy, x + dx), mirrored left-right afterwards if flip.
struct Move {
  std::int64_t dy = 0;
  std::int64_t dx = 0;
  bool flip = false;
  bool none() const { return dy == 0 && dx == 0 && !flip; }
};

Move draw_move(const AugmentationOptions& options, std::uint64_t draw) {
  CounterRng rng(draw);
  const auto offset = [&] {
    const auto choices = static_cast<std::uint64_t>(2 * options.shift + 1);
    return static_cast<std::int64_t>(rng.below(choices)) - options.shift;
  };
  Move move;
  move.flip = options.flip && rng.below(2) == 1;
  if (options.shift > 0) move.dy = offset(), move.dx = offset();
  return move;
}

/// The pixel that stands at i when the edge pixel is the mirror (dcb|abcd|cba).
std::int64_t reflect(std::int64_t i, std::int64_t count) {
  if (i < 0) return -i;
  return i < count ? i : 2 * (count - 1) - i;
}

/// The columns of a row moved by dx that src does not cover.
template <typename T>
void reflect_edges(const T* src, std::int64_t w, std::int64_t dx, T* dst) {
  for (std::int64_t x = 0; x < -dx; ++x) dst[x] = src[reflect(x + dx, w)];
  for (std::int64_t x = w - std::max<std::int64_t>(0, dx); x < w; ++x)
    dst[x] = src[reflect(x + dx, w)];
}

/// Rows [begin, end) of dst, from as many rows of src. They lie one after the other in both, so one
/// copy moves them all; what it carries into the edge columns is then put right.
template <typename T>
void move_rows(const T* src, std::int64_t w, std::int64_t dx, std::int64_t begin, std::int64_t end,
               T* dst) {
  dst += begin * w;
  const std::int64_t count = (end - begin) * w - std::abs(dx);
  std::memcpy(dst + std::max<std::int64_t>(0, -dx), src + std::max<std::int64_t>(0, dx),
              static_cast<std::size_t>(count) * sizeof(T));
  for (std::int64_t y = begin; y < end; ++y, src += w, dst += w) reflect_edges(src, w, dx, dst);
}

/// Eight pixels from either end at a time change places; std::reverse would go byte by byte.
void mirror_row(std::uint8_t* row, std::int64_t w) {
  std::int64_t left = 0;
  std::int64_t right = w;
  for (; right - left >= 16; left += 8, right -= 8) {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::memcpy(&a, row + left, 8);
    std::memcpy(&b, row + right - 8, 8);
    a = __builtin_bswap64(a);
    b = __builtin_bswap64(b);
    std::memcpy(row + left, &b, 8);
    std::memcpy(row + right - 8, &a, 8);
  }
  std::reverse(row + left, row + right);
}

void mirror_row(float* row, std::int64_t w) { std::reverse(row, row + w); }

template <typename T>
void move_plane(const T* src, const Extent& extent, const Move& move, T* dst) {
  const std::int64_t w = extent.w;
  const std::int64_t h = extent.h;
  const std::int64_t begin = std::max<std::int64_t>(0, -move.dy);  // dst rows that src covers
  const std::int64_t end = h - std::max<std::int64_t>(0, move.dy);
  const auto move_row = [&](std::int64_t y) {
    move_rows(src + reflect(y + move.dy, h) * w, w, move.dx, y, y + 1, dst);
  };
  for (std::int64_t y = 0; y < begin; ++y) move_row(y);
  move_rows(src + (begin + move.dy) * w, w, move.dx, begin, end, dst);
  for (std::int64_t y = end; y < h; ++y) move_row(y);
  if (!move.flip) return;
  // A pass of its own: wide loads from a row that was just written in odd pieces would stall until
  // it has left the store buffer.
  for (std::int64_t y = 0; y < h; ++y) mirror_row(dst + y * w, w);
}

}  // namespace

void validate(const AugmentationOptions& options, const Extent& extent) {
  if (options.shift >= 0 && options.shift < std::min(extent.h, extent.w)) return;
  throw ArgumentError(fmt::format("shift: expected 0 to {} for images of {}x{}, got {}",
                                  std::min(extent.h, extent.w) - 1, extent.h, extent.w,
                                  options.shift));
}

void load_image(std::span<const std::uint8_t> pixels, const Extent& extent,
                const Preprocess& preprocess, float* dst) {
  load_image(pixels, extent, preprocess, {}, 0, {}, dst);
}

void load_image(std::span<const std::uint8_t> pixels, const Extent& extent,
                const Preprocess& preprocess, const AugmentationOptions& options,
                std::uint64_t draw, std::span<std::uint8_t> scratch, float* dst) {
  const Move move = draw_move(options, draw);
  const std::int64_t plane = extent.h * extent.w;
  assert(pixels.size() == static_cast<std::size_t>(extent.size()));
  assert(preprocess.mean.size() == static_cast<std::size_t>(extent.c));
  assert(move.none() || scratch.size() >= static_cast<std::size_t>(plane));
  for (std::int64_t c = 0; c < extent.c; ++c) {
    const std::uint8_t* src = pixels.data() + c * plane;
    if (!move.none()) {
      move_plane(src, extent, move, scratch.data());
      src = scratch.data();
    }
    const double std = preprocess.std[c];
    kernels::active().u8_to_f32(plane, src, static_cast<float>(1 / (255 * std)),
                                static_cast<float>(-preprocess.mean[c] / std), dst + c * plane);
  }
}

void load_image(const ImageSet& set, std::int64_t image, const Preprocess& preprocess, float* dst) {
  load_image(set, image, preprocess, {}, 0, {}, dst);
}

void load_image(const ImageSet& set, std::int64_t image, const Preprocess& preprocess,
                const AugmentationOptions& options, std::uint64_t draw,
                std::span<std::uint8_t> scratch, float* dst) {
  const Extent& extent = set.extent;
  if (!set.holds_floats())
    return load_image(set.image(image), extent, preprocess, options, draw, scratch, dst);
  const Move move = draw_move(options, draw);
  const float* src = set.floats(image).data();
  if (move.none()) {
    std::copy_n(src, extent.size(), dst);
    return;
  }
  const std::int64_t plane = extent.h * extent.w;
  for (std::int64_t c = 0; c < extent.c; ++c)
    move_plane(src + c * plane, extent, move, dst + c * plane);
}

}  // namespace karnin
