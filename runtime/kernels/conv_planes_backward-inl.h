// The gradients of a convolution behind which stands a max pool. Of every square of outputs one has
// a gradient at most, so both gradients are sums over these alone: a quarter of the work.
#pragma once

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/transpose-inl.h"
#include "runtime/kernels/window-inl.h"

namespace karnin::kernels {

/// Kept are the gradients that are not zero: a ReLU leaves many out.
template <typename Arch>
void conv_planes_collect(const ConvPoolShape& s, const float* tops, const float* diff_dst,
                         std::uint32_t* row_ptr, TopGradient* entries) noexcept {
  const std::int64_t plane = s.oh * s.ow;
  std::uint32_t count = 0;
  // Without a branch: every entry is written, and stays if the next one goes behind it.
  for (std::int64_t oc = 0; oc < s.oc; ++oc)
    for (std::int64_t image = 0; image < s.images; ++image) {
      *row_ptr++ = count;
      const std::int64_t first = (image * s.oc + oc) * plane;
      const auto origin = static_cast<std::int32_t>(image * s.ih * s.iw);
      for (std::int64_t i = first; i < first + plane; ++i) {
        entries[count] = {origin + static_cast<std::int32_t>(tops[i]), diff_dst[i]};
        count += diff_dst[i] != 0.0F ? 1 : 0;
      }
    }
  *row_ptr = count;
}

/// Sums over entries: for a few kernel rows in a few input channels, neighbouring taps of a row in
/// the lanes.
struct TopTile {
  const TopGradient* entry;
  const TopGradient* end;
  const float* src;  ///< what the first tap reads for position 0
  std::int64_t src_plane, src_row;
  float* dst;  ///< of the first tap
  std::int64_t dst_row;
};

/// 15 sums, and one register for the gradient that all of them take.
template <typename Arch>
struct TopTileSize {
  static constexpr int kPlanes = 3, kRows = 5;
};

template <typename Arch, int Planes, int Rows, typename Lanes>
[[gnu::noinline]] void top_tile(const TopTile& t, std::int64_t dst_plane, Lanes lanes) noexcept {
  Vec<Arch> acc[Planes][Rows];
#pragma GCC unroll 4
  for (int p = 0; p < Planes; ++p)
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) acc[p][r] = Vec<Arch>(0.0F);
  const std::int64_t plane = t.src_plane, row = t.src_row;
  const float* src = t.src;
  for (const TopGradient *e = t.entry, *end = t.end; e < end; ++e) {
    const Vec<Arch> gradient(e->value);
    const float* read = src + e->position;
#pragma GCC unroll 4
    for (int p = 0; p < Planes; ++p)
#pragma GCC unroll 8
      for (int r = 0; r < Rows; ++r)
        acc[p][r] =
            fma<Arch>(gradient, Vec<Arch>::load_unaligned(read + p * plane + r * row), acc[p][r]);
  }
#pragma GCC unroll 4
  for (int p = 0; p < Planes; ++p)
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) lanes.store(t.dst + p * dst_plane + r * t.dst_row, acc[p][r]);
}

/// All kernel rows and input channels of `t` for taps from column kx on.
template <typename Arch, typename Lanes>
void top_rows(const ConvPoolShape& s, const TopTile& whole, Lanes lanes) noexcept {
  using Size = TopTileSize<Arch>;
  for_each_part(s.ic, Size::kPlanes, [&](std::int64_t ic, std::int64_t planes) {
    with_constant<Arch, Size::kPlanes>(planes, [&](auto p) {
      for_each_part(s.kh, Size::kRows, [&](std::int64_t ky, std::int64_t rows) {
        TopTile t = whole;
        t.src += ic * t.src_plane + ky * t.src_row;
        t.dst += (ic * s.kh + ky) * t.dst_row;
        with_constant<Arch, Size::kRows>(rows, [&](auto r) {
          top_tile<Arch, decltype(p)::value, decltype(r)::value>(t, s.kh * s.kw, lanes);
        });
      });
    });
  });
}

/// The sum of one channel of diff_dst over all images.
template <typename Arch>
float channel_sum(const ConvPoolShape& s, const float* diff_dst) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  Vec<Arch> total(0.0F);
  for (std::int64_t image = 0; image < s.images; ++image) {
    const float* plane = diff_dst + image * s.oc * s.oh * s.ow;
    for_each_vector<Arch>(s.oh * s.ow,
                          [&](std::int64_t i, auto lanes) { total += lanes.load(plane + i); });
  }
  float parts[kW];
  total.store_unaligned(parts);
  float sum = 0.0F;
  for (const float part : parts) sum += part;
  return sum;
}

/// Per output channel a sum over its entries of what the window at each read.
template <typename Arch>
void conv_planes_backward_weights(const ConvPoolShape& s, const float* src, const float* diff_dst,
                                  const TopGradients& tops, float* diff_weights,
                                  float* diff_bias) noexcept {
  const std::int64_t weights = s.ic * s.kh * s.kw;
  for (std::int64_t oc = 0; oc < s.oc; ++oc) {
    const std::uint32_t* row = tops.row_ptr + oc * s.images;
    const TopTile t{.entry = tops.entries + row[0],
                    .end = tops.entries + row[s.images],
                    .src = src,
                    .src_plane = s.src_channel,
                    .src_row = s.iw,
                    .dst = diff_weights + oc * weights,
                    .dst_row = s.kw};
    // One store a kernel row, in order: what runs over is the next one's, and masks are slow.
    const bool in_order = s.kw <= kWidth<Arch> && s.kh <= TopTileSize<Arch>::kRows;
    if (in_order && (s.oc - 1 - oc) * weights >= kWidth<Arch>)
      top_rows<Arch>(s, t, Whole<Arch>{});
    else
      for_each_vector<Arch>(s.kw, [&](std::int64_t kx, auto lanes) {
        TopTile columns = t;
        columns.src += kx;
        columns.dst += kx;
        top_rows<Arch>(s, columns, lanes);
      });
    diff_bias[oc] = channel_sum<Arch>(s, diff_dst + oc * s.oh * s.ow);
  }
}

inline constexpr int kSentTaps = 5;

/// Adds what the entries of one output channel send to one block of input channels, through a few
/// neighbouring taps of every kernel row. The sums stay in memory: with whole blocks what one entry
/// stores is what the next ones load, or nothing of it.
template <typename Arch, int Taps>
[[gnu::noinline]] void send(const ConvPoolShape& s, const TopGradient* entry,
                            const TopGradient* end, const float* weights, float* pixels) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  const std::int64_t rows = s.kh, pixel_row = s.iw * kW, weight_row = s.kw * kW;
  for (; entry < end; ++entry) {
    const Vec<Arch> gradient(entry->value);
    const float* weight = weights;
    float* pixel = pixels + entry->position * kW;
    for (std::int64_t ky = 0; ky < rows; ++ky, pixel += pixel_row, weight += weight_row)
#pragma GCC unroll 8
      for (int kx = 0; kx < Taps; ++kx)
        fma<Arch>(gradient, Vec<Arch>::load_unaligned(weight + kx * kW),
                  Vec<Arch>::load_unaligned(pixel + kx * kW))
            .store_unaligned(pixel + kx * kW);
  }
}

/// With input channels in the lanes, a block of them at a time, so that its pixels and the weights
/// of a channel stay in the first-level cache; then back to planes.
template <typename Arch>
void conv_planes_backward_data(const ConvPoolShape& s, const TopGradients& tops,
                               const float* weights, float* pixels, float* diff_src) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  const std::int64_t blocks = (s.ic + kW - 1) / kW, plane = s.ih * s.iw, taps = s.kh * s.kw * kW;
  for (std::int64_t block = 0; block < blocks; ++block) {
    for (std::int64_t i = 0; i < s.images * plane; ++i)
      Vec<Arch>(0.0F).store_unaligned(pixels + i * kW);
    for (std::int64_t row = 0; row < s.oc * s.images; ++row) {
      const TopGradient* entry = tops.entries + tops.row_ptr[row];
      const TopGradient* end = tops.entries + tops.row_ptr[row + 1];
      const float* block_weights = weights + (row / s.images * blocks + block) * taps;
      for_each_part(s.kw, kSentTaps, [&](std::int64_t kx, std::int64_t count) {
        with_constant<Arch, kSentTaps>(count, [&](auto n) {
          send<Arch, decltype(n)::value>(s, entry, end, block_weights + kx * kW, pixels + kx * kW);
        });
      });
    }
    const std::int64_t ic = block * kW, channels = s.ic - ic < kW ? s.ic - ic : kW;
    for (std::int64_t image = 0; image < s.images; ++image)
      from_lanes<Arch>(channels, plane, pixels + image * plane * kW, kW,
                       diff_src + (image * s.ic + ic) * plane, plane);
  }
}

}  // namespace karnin::kernels
