// The activations between two operators: how many, and how they lie in memory.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/core/extent.h"

namespace karnin {

/// Fully connected rows are nchw with h = w = 1. nChw8c keeps 8 channels side by side, as oneDNN
/// wants them for 8 lanes, nChw16c 16, padded with zeros; nhwc all of them, without padding. The
/// last three keep images side by side, which oneDNN doesn't know: [block of images][c][h][w][4
/// or 8 or 16], the last block filled up with images that nobody asked for.
enum class Layout { nchw, nChw8c, nChw16c, nhwc, lanes4, lanes8, lanes16 };

struct Blob {
  std::int64_t images = 0;
  Extent extent;
  Layout layout = Layout::nchw;

  /// Channels side by side; a pixel and the next are block() * lanes() floats apart.
  std::int64_t block() const;
  /// Images side by side; 1 in the layouts of oneDNN.
  std::int64_t lanes() const;
  /// Blocks of lanes() images.
  std::int64_t blocks() const { return (images + lanes() - 1) / lanes(); }
  /// Floats of one image in memory, padded channels included.
  std::int64_t image_floats() const;
  std::int64_t floats() const { return blocks() * lanes() * image_floats(); }
  /// Whether the numbers of a channel lie together, and one channel behind the other: in plain
  /// order, and with images in lanes.
  bool has_planes() const { return block() == 1; }
  /// Floats of a channel where it has planes.
  std::int64_t plane_floats() const { return extent.h * extent.w * lanes(); }
  /// Where among the floats of an image the element (c, pixel / w, pixel % w) lies.
  std::int64_t offset(std::int64_t c, std::int64_t pixel) const;
  /// Where in memory that element of an image lies.
  std::int64_t index(std::int64_t image, std::int64_t c, std::int64_t pixel) const;
  bool operator==(const Blob&) const = default;
};

/// One worker's buffers around an operator. src and dst may be the same for in-place layers; the
/// diff pointers are null in inference, diff_src also where nobody needs it.
struct Binding {
  float* src = nullptr;
  float* dst = nullptr;
  float* diff_src = nullptr;
  float* diff_dst = nullptr;

  struct Source {
    float* src = nullptr;
    float* diff_src = nullptr;
  };
  /// Of a layer that has several inputs; whoever binds it keeps them.
  std::span<const Source> others{};  // NOLINT(*-redundant-member-init): GCC asks for it
};

}  // namespace karnin
