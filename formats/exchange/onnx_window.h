// The windows that convolutions and pools slide over H and W.
#pragma once

#include "formats/exchange/onnx_node.h"

namespace karnin {

/// Zeros, or nothing at all, around an axis.
struct OnnxSides {
  std::int64_t before = 0, after = 0;
  bool operator==(const OnnxSides&) const = default;
};

/// Along one axis.
struct OnnxSlide {
  std::int64_t length = 1;  ///< of the axis
  std::int64_t kernel = 1, stride = 1, dilation = 1;
  OnnxSides padding;

  /// Elements from the first that it sees to the last.
  std::int64_t reach() const { return (kernel - 1) * dilation + 1; }
  /// How often the window fits; less than 1 where it is too large.
  std::int64_t count() const {
    return (length + padding.before + padding.after - reach() + stride) / stride;
  }
};

/// What is on both sides. Throws ShapeError where these differ, which no window of ours can.
std::int64_t even_padding(const OnnxSlide& slide);

struct OnnxWindow {
  OnnxSlide h, w;
  bool is_flat = false;  ///< the file has L alone, which is w
};

/// A window of this kernel over a value of rank 3 or 4, by the node's strides, dilations, pads and
/// auto_pad. With `ceil` the last window may stick out: by padding behind. Throws ShapeError.
OnnxWindow read_window(const OnnxNode& node, const OnnxView& view, const Integers& kernel,
                       bool ceil);

/// The dimensions of what comes out with so many channels.
Dims window_dims(const OnnxWindow& window, const Dims& src, std::int64_t channels);

}  // namespace karnin
