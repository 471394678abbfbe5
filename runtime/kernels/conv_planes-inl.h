// Convolution and max pool of plain images, with neighbouring positions of a plane in the lanes:
// for shards of too few images to fill the lanes with these, and for channels too few to fill them
// either.
#pragma once

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/transpose-inl.h"
#include "runtime/kernels/window-inl.h"

namespace karnin::kernels {

/// Output channels and vectors of positions of a register tile: with 3 x 4 sums, 3 weights and what
/// is read all 16 registers are in use, and 7 loads feed 12 FMAs.
template <typename Arch>
struct PlaneTile {
  static constexpr int kChannels = kIsAvx512<Arch> ? 4 : 3;
  static constexpr int kVectors = kIsAvx512<Arch> ? 6 : 4;
};

/// A plane is one long row: with the pitch of src also in dst, every tap reads at one distance from
/// all positions. What is computed at the end of a row, where windows wrap into the next, is never
/// looked at.
template <typename Arch>
constexpr std::int64_t plane_positions(const ConvPoolShape& s) noexcept {
  const std::int64_t positions = (2 * s.oh - 1) * s.iw + 2 * s.ow;
  return (positions + kWidth<Arch> - 1) / kWidth<Arch> * kWidth<Arch>;
}

/// Floats between two planes of sums: the pool reads whole vectors.
template <typename Arch>
constexpr std::int64_t plane_pitch(const ConvPoolShape& s) noexcept {
  return plane_positions<Arch>(s) + 2 * kWidth<Arch>;
}

template <typename Arch>
std::size_t conv_planes_scratch(const ConvPoolShape& s) noexcept {
  return static_cast<std::size_t>(PlaneTile<Arch>::kChannels * plane_pitch<Arch>(s));
}

/// Convolves one image, for a few channels from `channel` on, to a plane of sums each.
template <typename Arch>
void convolve_plane(const ConvPoolShape& s, const float* src, const float* weights,
                    const float* bias, std::int64_t channel, std::int64_t channels,
                    float* sums) noexcept {
  using Tile = PlaneTile<Arch>;
  constexpr std::int64_t kW = kWidth<Arch>;
  Window w{.planes = s.ic,
           .rows = s.kh,
           .columns = s.kw,
           .src = src,
           .src_plane = s.src_channel,
           .src_row = s.iw,
           .weights = weights + channel * s.ic * s.kh * s.kw,
           .channel = s.ic * s.kh * s.kw,
           .plane = s.kh * s.kw,
           .row = s.kw,
           .column = 1};
  Outputs outputs{bias + channel, false, sums, plane_pitch<Arch>(s)};
  with_constant<Arch, Tile::kChannels>(channels, [&](auto n) {
    for_each_full_part(plane_positions<Arch>(s) / kW, Tile::kVectors,
                       [&](std::int64_t first, std::int64_t vectors) {
                         w.src = src + first * kW;
                         outputs.dst = sums + first * kW;
                         with_constant<Arch, Tile::kVectors>(vectors, [&](auto v) {
                           window_tile<Arch, decltype(n)::value, decltype(v)::value, 1>(w, outputs);
                         });
                       });
  });
}

/// The larger of two at every lane, the first of equals; `at` keeps up with where it came from.
template <typename Arch>
struct Top {
  Vec<Arch> value, at;

  [[gnu::always_inline]] Top over(const Top& later) const noexcept {
    const auto beaten = later.value > value;
    return {xsimd::select(beaten, later.value, value), xsimd::select(beaten, later.at, at)};
  }
};

/// The 2x2 squares whose upper left corners are `row` and every second float after it; `at` is the
/// position of these corners.
template <typename Arch>
[[gnu::always_inline]] inline Top<Arch> top_of_squares(const float* row, std::int64_t below,
                                                       Vec<Arch> at) noexcept {
  using V = Vec<Arch>;
  const V one(1.0F), next_row(static_cast<float>(below));
  V left, right;
  split_pairs<Arch>(row, left, right);
  const Top<Arch> upper = Top<Arch>{left, at}.over({right, at + one});
  split_pairs<Arch>(row + below, left, right);
  return upper.over(Top<Arch>{left, at + next_row}.over({right, at + next_row + one}));
}

/// One plane of sums to one of dst and of tops.
template <typename Arch>
void pool_plane(const ConvPoolShape& s, const float* sums, bool relu, float* dst,
                float* tops) noexcept {
  using V = Vec<Arch>;
  constexpr std::int64_t kW = kWidth<Arch>;
  constexpr float kEven[16] = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};
  const V even = V::load_unaligned(kEven);
  for (std::int64_t y = 0; y < s.oh; ++y)
    for (std::int64_t x = 0; x < s.ow; x += kW) {
      const std::int64_t from = 2 * (y * s.iw + x), to = y * s.ow + x, left = s.oh * s.ow - to;
      const Top<Arch> top =
          top_of_squares<Arch>(sums + from, s.iw, even + V(static_cast<float>(from)));
      const auto store = [&](auto lanes) __attribute__((always_inline)) {
        lanes.store(dst + to, relu ? positive<Arch>(top.value) : top.value);
        lanes.store(tops + to, top.at);
      };
      // What runs over the end of a row is overwritten by the next one.
      if (left >= kW)
        store(Whole<Arch>{});
      else
        store(Partial<Arch>(left));
    }
}

/// A few channels at a time, so that their sums are in the first-level cache when the pool reads
/// them.
template <typename Arch>
void conv_planes_forward(const ConvPoolShape& s, const float* src, const float* weights,
                         const float* bias, bool relu, float* dst, float* tops,
                         float* scratch) noexcept {
  const std::int64_t plane = s.oh * s.ow;
  for (std::int64_t image = 0; image < s.images; ++image)
    for_each_part(s.oc, PlaneTile<Arch>::kChannels, [&](std::int64_t oc, std::int64_t channels) {
      convolve_plane<Arch>(s, src + image * s.ih * s.iw, weights, bias, oc, channels, scratch);
      for (std::int64_t c = 0; c < channels; ++c) {
        const std::int64_t to = (image * s.oc + oc + c) * plane;
        pool_plane<Arch>(s, scratch + c * plane_pitch<Arch>(s), relu, dst + to, tops + to);
      }
    });
}

}  // namespace karnin::kernels
