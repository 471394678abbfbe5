// Add, Sub, Mul and Div of two values that depend on the image.
#pragma once

#include <string_view>

#include "formats/exchange/onnx_draft.h"

namespace karnin {

/// The new nodes are called `name`. One of the values may be broadcast to the other, but for a
/// quotient's first. Throws ShapeError.
OnnxView paired(OnnxDraft& draft, std::string_view name, std::string_view op, const OnnxView& a,
                const OnnxView& b);

}  // namespace karnin
