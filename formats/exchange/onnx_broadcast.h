// Constants that meet a value of the image, and each other.
#pragma once

#include <optional>

#include "formats/exchange/onnx_draft.h"

namespace karnin {

/// What the constant, broadcast to `view`, has for each channel of the view's node; nothing where
/// it varies inside of a channel. Throws ShapeError where it can't be broadcast to the view.
std::optional<Reals> by_channel(OnnxDraft& draft, const OnnxView& view,
                                const OnnxConstant& constant);

/// A node with a value's elements where they are, and what a constant has for each of its channels.
struct OnnxSpread {
  NodeId node = 0;
  Reals values;
};

/// The node of `view`; or, for a constant that varies inside of a channel, one that has a channel
/// for each element. Throws ShapeError as by_channel() does.
OnnxSpread spread(OnnxDraft& draft, const OnnxView& view, const OnnxConstant& constant);

/// The dimensions that two tensors are broadcast to. Throws ShapeError.
Dims broadcast_dims(const Dims& a, const Dims& b);

/// For each element of a tensor of `dims` the place in one of `src` that is broadcast to it.
Integers broadcast_places(const Dims& src, const Dims& dims);

}  // namespace karnin
