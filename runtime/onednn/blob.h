// The activations between two operators: how many, and how they lie in memory.
#pragma once

#include <cstdint>

#include "runtime/core/architecture.h"

namespace karnin {

/// Fully connected rows are nchw with h = w = 1. nChw8c keeps 8 channels side by side, as oneDNN
/// wants them for 8 lanes, nChw16c 16, padded with zeros; nhwc all of them, without padding.
enum class Layout { nchw, nChw8c, nChw16c, nhwc };

struct Blob {
  std::int64_t images = 0;
  Extent extent;
  Layout layout = Layout::nchw;

  /// Channels side by side, and so the distance from a pixel to the next.
  std::int64_t block() const;
  /// Floats of one image in memory, padded channels included.
  std::int64_t image_floats() const;
  std::int64_t floats() const { return images * image_floats(); }
  /// Where in the memory of an image the element (c, pixel / w, pixel % w) lies.
  std::int64_t offset(std::int64_t c, std::int64_t pixel) const;
  bool operator==(const Blob&) const = default;
};

/// One worker's buffers around an operator. src and dst may be the same for in-place layers; the
/// diff pointers are null in inference, diff_src also where nobody needs it.
struct Binding {
  float* src = nullptr;
  float* dst = nullptr;
  float* diff_src = nullptr;
  float* diff_dst = nullptr;
};

}  // namespace karnin
