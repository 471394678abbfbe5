// From a view to a node whose memory has the order that an op wants.
#pragma once

#include <span>

#include "formats/exchange/onnx_draft.h"

namespace karnin {

/// The same value where no axis ends inside of a run (runs_of()).
OnnxView with_whole_axes(OnnxDraft& draft, const OnnxView& view);

/// The same value where the axes stand in memory as `axes` lists them, outermost first (all of
/// an image, each once). Adds a node only where memory has another order.
OnnxView arranged(OnnxDraft& draft, const OnnxView& view, std::span<const std::size_t> axes);

/// The view of a node whose memory has the axes in this order.
OnnxView view_in_order(NodeId node, Dims dims, bool batched, std::span<const std::size_t> axes);

/// A node with the elements of an image in ONNX's order, in this extent.
NodeId laid_out(OnnxDraft& draft, const OnnxView& view, const Extent& extent);

}  // namespace karnin
