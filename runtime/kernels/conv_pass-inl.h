// What the forward pass of a convolution and its data gradient have in common: the latter is a
// convolution too, of the gradient, with the kernel turned around.
#pragma once

#include "runtime/kernels/window-inl.h"

namespace karnin::kernels {

/// The taps of an output that lie inside src: `count` of them from kernel position `first` on,
/// which reads position `src`; each next one reads the position after.
struct Taps {
  std::int64_t first, count, src;
};

/// One direction of a convolution, h or w.
struct Axis {
  std::int64_t src = 0, dst = 0, kernel = 0, stride = 0, pad = 0;
  bool backward = false;  ///< dst is what a convolution read, src what it wrote

  /// Kernel positions between neighbouring taps.
  [[gnu::always_inline]] std::int64_t tap() const noexcept { return backward ? -stride : 1; }

  [[gnu::always_inline]] Taps taps(std::int64_t at) const noexcept {
    const std::int64_t origin = backward ? at + pad : at * stride - pad;
    if (backward) {  // kernel position origin - i * stride read `at` for output i
      const std::int64_t first = origin < kernel ? 0 : (origin - kernel) / stride + 1;
      const std::int64_t end = smaller(origin / stride + 1, src);
      return {origin - first * stride, end > first ? end - first : 0, first};
    }
    const std::int64_t first = origin < 0 ? -origin : 0, end = smaller(kernel, src - origin);
    return {first, end > first ? end - first : 0, origin + first};
  }

  /// The outputs [first, end) that have all taps and are neighbours where these are.
  [[gnu::always_inline]] std::int64_t inner_first() const noexcept {
    const std::int64_t first = backward ? kernel - 1 - pad : pad;
    return first < 0 ? 0 : first;
  }
  [[gnu::always_inline]] std::int64_t inner_end() const noexcept {
    const std::int64_t end = smaller(dst, backward ? src - pad : src - kernel + 1 + pad);
    return stride > 1 || end < inner_first() ? inner_first() : end;
  }

 private:
  [[gnu::always_inline]] static std::int64_t smaller(std::int64_t a, std::int64_t b) noexcept {
    return a < b ? a : b;
  }
};

/// One of the passes. The window has the planes, and all distances but those of taps; its weights,
/// and the bias and dst of the outputs, are those of channel 0.
struct ConvPass {
  Axis y, x;
  std::int64_t channels = 0;
  Window window;
  Outputs outputs;
};

template <typename Arch>
[[gnu::always_inline]] inline Window window_of(const ConvPass& pass, std::int64_t channel,
                                               const Taps& y, const Taps& x) noexcept {
  Window w = pass.window;
  w.rows = y.count;
  w.columns = x.count;
  w.src += y.src * w.src_row + x.src * kWidth<Arch>;
  w.weights += channel * w.channel + y.first * pass.x.kernel + x.first;
  w.row = pass.y.tap() * pass.x.kernel;
  w.column = pass.x.tap();
  return w;
}

template <typename Arch>
[[gnu::always_inline]] inline Outputs outputs_of(const ConvPass& pass, std::int64_t channel,
                                                 std::int64_t y, std::int64_t x) noexcept {
  Outputs outputs = pass.outputs;
  if (outputs.bias != nullptr) outputs.bias += channel;
  outputs.dst += channel * outputs.channel + (y * pass.x.dst + x) * kWidth<Arch>;
  return outputs;
}

/// Columns [first, end) of row y, where neighbours in dst are neighbours in src.
template <typename Arch>
void inner_columns(const ConvPass& pass, std::int64_t y, std::int64_t first,
                   std::int64_t end) noexcept {
  using Tile = LaneTile<Arch>;
  const Taps rows = pass.y.taps(y);
  for_each_part(pass.channels, Tile::kChannels, [&](std::int64_t channel, std::int64_t channels) {
    with_constant<Arch, Tile::kChannels>(channels, [&](auto n) {
      for_each_full_part(end - first, Tile::kColumns, [&](std::int64_t x, std::int64_t columns) {
        const Window w = window_of<Arch>(pass, channel, rows, pass.x.taps(first + x));
        const Outputs outputs = outputs_of<Arch>(pass, channel, y, first + x);
        with_constant<Arch, Tile::kColumns>(columns, [&](auto c) {
          window_tile<Arch, decltype(n)::value, decltype(c)::value>(w, outputs);
        });
      });
    });
  });
}

/// Columns [first, end) of row y one by one, each with its own taps.
template <typename Arch>
void outer_columns(const ConvPass& pass, std::int64_t y, std::int64_t first,
                   std::int64_t end) noexcept {
  constexpr int kTall = LaneTile<Arch>::kTall;
  const Taps rows = pass.y.taps(y);
  for_each_part(pass.channels, kTall, [&](std::int64_t channel, std::int64_t channels) {
    with_constant<Arch, kTall>(channels, [&](auto n) {
      for (std::int64_t x = first; x < end; ++x)
        window_tile<Arch, decltype(n)::value, 1>(
            window_of<Arch>(pass, channel, rows, pass.x.taps(x)),
            outputs_of<Arch>(pass, channel, y, x));
    });
  });
}

/// Row by row, so that the few rows of src that a row of dst needs stay in the first-level cache
/// while all channels read them.
template <typename Arch>
void run_pass(const ConvPass& pass) noexcept {
  const std::int64_t first = pass.x.inner_first(), end = pass.x.inner_end();
  for (std::int64_t y = 0; y < pass.y.dst; ++y) {
    inner_columns<Arch>(pass, y, first, end);
    outer_columns<Arch>(pass, y, 0, first < pass.x.dst ? first : pass.x.dst);
    outer_columns<Arch>(pass, y, end, pass.x.dst);
  }
}

}  // namespace karnin::kernels
