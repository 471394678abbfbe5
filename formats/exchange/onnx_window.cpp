#include "formats/exchange/onnx_window.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/graph/limits.h"

namespace karnin {
namespace {

/// An attribute of `count` values from `least` on, which is also what is left out. None is so large
/// that sums of them overflow.
Integers spatial(const OnnxNode& node, std::string_view name, std::size_t count,
                 std::int64_t least) {
  Integers values = node.integers(name).value_or(Integers(count, least));
  OnnxNode::require(values.size() == count,
                    fmt::format("{}: expected {} values, got {}", name, count, values.size()));
  for (const std::int64_t value : values)
    OnnxNode::require(value >= least && value <= kMaxDim,
                      fmt::format("{}: expected {}..{}, got {}", name, least, kMaxDim, value));
  return values;
}

/// Padding for as many windows as there are strides in the image; an odd one is behind, or before.
Padding same_padding(const OnnxSlide& slide, bool upper) {
  const std::int64_t count = (slide.length + slide.stride - 1) / slide.stride;
  const std::int64_t all =
      std::max<std::int64_t>(0, (count - 1) * slide.stride + slide.reach() - slide.length);
  return upper ? Padding{all / 2, all - all / 2} : Padding{all - all / 2, all / 2};
}

/// ceil_mode: pads behind for one more window where the last ones don't come out even. A window
/// that would begin behind the image sees nothing, and isn't there.
void round_up(OnnxSlide& slide) {
  const std::int64_t over = slide.length + slide.padding.l + slide.padding.r - slide.reach();
  if (over < 0) return;
  std::int64_t steps = (over + slide.stride - 1) / slide.stride;
  if (steps * slide.stride >= slide.length + slide.padding.l) --steps;
  slide.beyond = std::max<std::int64_t>(0, steps * slide.stride - over);
  slide.padding.r += slide.beyond;
}

/// `pads` lists what is before each axis, then what is behind; auto_pad is older, and goes first.
std::vector<Padding> read_padding(const OnnxNode& node, const std::vector<OnnxSlide>& slides) {
  const std::size_t axes = slides.size();
  const std::string automatic = node.text("auto_pad", "NOTSET");
  const Integers pads = spatial(node, "pads", 2 * axes, 0);
  std::vector<Padding> padding(axes);
  for (std::size_t i = 0; i < axes; ++i) {
    if (automatic == "NOTSET")
      padding[i] = {pads[i], pads[i + axes]};
    else if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER")
      padding[i] = same_padding(slides[i], automatic == "SAME_UPPER");
    else
      OnnxNode::require(automatic == "VALID",
                        "auto_pad: expected NOTSET, SAME_UPPER, SAME_LOWER or VALID");
  }
  return padding;
}

}  // namespace

OnnxWindow read_window(const OnnxNode& node, const OnnxView& view, const Integers& kernel,
                       bool ceil) {
  const Dims& src = view.dims;
  OnnxNode::require(src.size() == 3 || src.size() == 4,
                    "expected N x C x L or N x C x H x W, got " + to_string(src));
  OnnxNode::require(view.batched || src[0] == 1, "expected a batch, got " + to_string(src));
  const std::size_t axes = src.size() - 2;
  OnnxNode::require(kernel.size() == axes,
                    fmt::format("kernel: expected {} values, got {}", axes, kernel.size()));
  const Integers strides = spatial(node, "strides", axes, 1);
  const Integers dilations = spatial(node, "dilations", axes, 1);
  std::vector<OnnxSlide> slides(axes);
  for (std::size_t i = 0; i < axes; ++i) {
    OnnxNode::require(kernel[i] >= 1 && kernel[i] <= kMaxDim,
                      fmt::format("kernel: expected 1..{}, got {}", kMaxDim, kernel[i]));
    slides[i] = {src[i + 2], kernel[i], strides[i], dilations[i]};
  }
  const std::vector<Padding> padding = read_padding(node, slides);
  for (std::size_t i = 0; i < axes; ++i) {
    slides[i].padding = padding[i];
    if (ceil) round_up(slides[i]);
    OnnxNode::require(
        slides[i].count() >= 1,
        fmt::format("kernel: expected at most the padded input of {}, got {}",
                    slides[i].length + padding[i].l + padding[i].r, slides[i].reach()));
  }
  return axes == 1 ? OnnxWindow{{}, slides[0], true} : OnnxWindow{slides[0], slides[1], false};
}

Dims window_dims(const OnnxWindow& window, const Dims& src, std::int64_t channels) {
  Dims dims{src[0], channels};
  if (!window.is_flat) dims.push_back(window.h.count());
  dims.push_back(window.w.count());
  return dims;
}

}  // namespace karnin
