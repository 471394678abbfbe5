// The windows that convolutions and pools slide over H and W.
#pragma once

#include <algorithm>

#include "formats/exchange/onnx_node.h"

namespace karnin {

/// Along one axis.
struct OnnxSlide {
  std::int64_t length = 1;  ///< of the axis
  std::int64_t kernel = 1, stride = 1, dilation = 1;
  Padding padding = 0;      ///< zeros, or nothing at all
  std::int64_t beyond = 0;  ///< of what is behind: for a last window that sticks out

  /// Elements from the first that it sees to the last.
  std::int64_t reach() const { return (kernel - 1) * dilation + 1; }
  /// How often the window fits; less than 1 where it is too large.
  std::int64_t count() const {
    return (length + padding.l + padding.r - reach() + stride) / stride;
  }
  /// Whether a window may see nothing but padding, which those of our layers never do.
  bool leaves_axis() const { return std::max(padding.l, padding.r) >= reach(); }
};

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
