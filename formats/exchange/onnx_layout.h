// From a view to a node whose memory has the order that an op wants: by transpositions where it has
// another one, which is seldom.
#pragma once

#include <span>

#include "formats/exchange/onnx_draft.h"

namespace karnin {

/// The same value where no axis ends inside of a run (runs_of()).
OnnxView with_whole_axes(OnnxDraft& draft, const OnnxView& view);

/// The same value where the axes stand in memory as `axes` lists them, outermost first (all of
/// an image, each once). Adds nodes only where memory has another order.
OnnxView arranged(OnnxDraft& draft, const OnnxView& view, std::span<const std::size_t> axes);

/// A node whose channels are some axes of a view, and the axes of an image as memory has them.
struct OnnxChannels {
  NodeId node = 0;
  std::vector<std::size_t> axes;
};

/// The same value where `axes`, outermost first, are the channels, and all others the positions.
OnnxChannels channels_first(OnnxDraft& draft, const OnnxView& view,
                            std::span<const std::size_t> axes);

/// The view of a node whose memory has the axes in this order.
OnnxView view_in_order(NodeId node, Dims dims, bool batched, std::span<const std::size_t> axes);

/// A node with the elements of an image in ONNX's order, in this extent.
NodeId laid_out(OnnxDraft& draft, const OnnxView& view, const Extent& extent);

/// The same for an op that slides over images (OnnxDraft::as_image()).
NodeId image_of(OnnxDraft& draft, const OnnxView& view, const Extent& extent);

}  // namespace karnin
