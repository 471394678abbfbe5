// Some of the indices of an axis, in layers that leave the others out.
#pragma once

#include "formats/exchange/onnx_draft.h"

namespace karnin {

/// `count` indices from `start` on, each `step` further.
struct OnnxCut {
  std::int64_t start = 0, count = 0, step = 1;
};

/// The value with these indices of an axis alone. Throws ShapeError where they are none, run
/// backwards, or are some of the batch's.
OnnxView cut_axis(OnnxDraft& draft, std::string_view name, const OnnxView& view, std::size_t axis,
                  const OnnxCut& cut);

}  // namespace karnin
