// The register tile of all layers with images in the lanes: sums of weights times windows of
// vectors. A weight is one broadcast, an activation one vector of images, and a tile holds the sums
// of a few channels for a few columns, so that every load feeds several FMAs.
#pragma once

#include "runtime/kernels/lanes-inl.h"

namespace karnin::kernels {

/// Taps of one output: planes x rows x columns of them, columns one vector apart in src (or what a
/// tile says). All other distances are in floats; those of the weights may be negative.
struct Window {
  std::int64_t planes = 1, rows = 1, columns = 1;
  const float* src = nullptr;
  std::int64_t src_plane = 0, src_row = 0;
  const float* weights = nullptr;
  std::int64_t channel = 0, plane = 0, row = 0, column = 0;
};

/// Where sums start and end.
struct Outputs {
  const float* bias = nullptr;  ///< one a channel; null for zeros
  bool relu = false;
  float* dst = nullptr;
  std::int64_t channel = 0;  ///< floats between channels in dst
};

/// Chains enough to hide the latency of an FMA, and few enough for the registers.
template <typename Arch>
struct LaneTile {
  static constexpr int kChannels = kIsAvx512<Arch> ? 4 : 2;
  static constexpr int kColumns = 6;
  static constexpr int kTall = kIsAvx512<Arch> ? 16 : 12;  // channels, one column
};

/// body(first, count) for n items in equal parts of at most `most`.
template <typename Body>
[[gnu::always_inline]] inline void for_each_part(std::int64_t n, std::int64_t most,
                                                 const Body& body) noexcept {
  const std::int64_t parts = (n + most - 1) / most;
  for (std::int64_t part = 0, first = 0; part < parts; ++part) {
    const std::int64_t count = n / parts + (part < n % parts ? 1 : 0);
    body(first, count);
    first += count;
  }
}

/// body(first, count) for n items in parts of `most`, and what is left in one or two of half that
/// at least, if n allows it.
template <typename Body>
[[gnu::always_inline]] inline void for_each_full_part(std::int64_t n, std::int64_t most,
                                                      const Body& body) noexcept {
  std::int64_t first = 0;
  for (std::int64_t left = n; left > 0;) {
    std::int64_t count = left < most ? left : most;
    if (left > most && left - most < most / 2) count = (left + 1) / 2;
    body(first, count);
    first += count;
    left -= count;
  }
}

/// body(integral_constant) with the constant equal to n, 1 <= n <= Most.
template <typename Arch, int Most, typename Body>
[[gnu::always_inline]] inline void with_constant(std::int64_t n, const Body& body) noexcept {
  if constexpr (Most > 1) {
    if (n < Most) return with_constant<Arch, Most - 1>(n, body);
  }
  body(std::integral_constant<int, Most>{});
}

template <typename Arch, int Channels, int Columns>
[[gnu::always_inline]] inline void start(const float* bias,
                                         Vec<Arch> (&acc)[Channels][Columns]) noexcept {
#pragma GCC unroll 16
  for (int o = 0; o < Channels; ++o)
#pragma GCC unroll 16
    for (int c = 0; c < Columns; ++c) acc[o][c] = Vec<Arch>(bias == nullptr ? 0.0F : bias[o]);
}

/// One tap. What there is less of, weights or columns, waits in registers; the others pass by.
template <typename Arch, int Channels, int Columns>
[[gnu::always_inline]] inline void add_tap(const float* x, std::int64_t step, const float* weight,
                                           std::int64_t channel,
                                           Vec<Arch> (&acc)[Channels][Columns]) noexcept {
  if constexpr (Channels <= Columns) {
    Vec<Arch> weights[Channels];
#pragma GCC unroll 16
    for (int o = 0; o < Channels; ++o) weights[o] = Vec<Arch>(weight[o * channel]);
#pragma GCC unroll 16
    for (int c = 0; c < Columns; ++c) {
      const Vec<Arch> column = in_register<Arch>(Vec<Arch>::load_unaligned(x + c * step));
#pragma GCC unroll 16
      for (int o = 0; o < Channels; ++o) acc[o][c] = fma<Arch>(weights[o], column, acc[o][c]);
    }
  } else {
    Vec<Arch> columns[Columns];
#pragma GCC unroll 16
    for (int c = 0; c < Columns; ++c)
      columns[c] = in_register<Arch>(Vec<Arch>::load_unaligned(x + c * step));
#pragma GCC unroll 16
    for (int o = 0; o < Channels; ++o) {
      const Vec<Arch> broadcast(weight[o * channel]);
#pragma GCC unroll 16
      for (int c = 0; c < Columns; ++c) acc[o][c] = fma<Arch>(broadcast, columns[c], acc[o][c]);
    }
  }
}

/// acc[o][c] += weights of channel o times the window that starts c * `step` floats further on.
/// Neighbouring columns of taps are Tap floats apart in src.
template <typename Arch, std::int64_t Tap = kWidth<Arch>, int Channels, int Columns>
[[gnu::always_inline]] inline void accumulate(const Window& w, std::int64_t step,
                                              Vec<Arch> (&acc)[Channels][Columns]) noexcept {
  const std::int64_t channel = w.channel;
  for (std::int64_t p = 0; p < w.planes; ++p)
    for (std::int64_t r = 0; r < w.rows; ++r) {
      const float* x = w.src + p * w.src_plane + r * w.src_row;
      const float* weight = w.weights + p * w.plane + r * w.row;
      for (std::int64_t k = 0; k < w.columns; ++k, x += Tap, weight += w.column)
        add_tap<Arch>(x, step, weight, channel, acc);
    }
}

template <typename Arch, int Channels, int Columns>
[[gnu::always_inline]] inline void finish(const Outputs& outputs, std::int64_t step,
                                          const Vec<Arch> (&acc)[Channels][Columns]) noexcept {
#pragma GCC unroll 16
  for (int o = 0; o < Channels; ++o)
#pragma GCC unroll 16
    for (int c = 0; c < Columns; ++c)
      (outputs.relu ? positive<Arch>(acc[o][c]) : acc[o][c])
          .store_unaligned(outputs.dst + o * outputs.channel + c * step);
}

/// Columns side by side, in src and in dst.
template <typename Arch, int Channels, int Columns, std::int64_t Tap = kWidth<Arch>>
[[gnu::noinline]] void window_tile(const Window& w, const Outputs& outputs) noexcept {
  Vec<Arch> acc[Channels][Columns];
  start<Arch>(outputs.bias, acc);
  accumulate<Arch, Tap>(w, kWidth<Arch>, acc);
  finish<Arch>(outputs, kWidth<Arch>, acc);
}

}  // namespace karnin::kernels
