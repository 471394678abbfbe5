// Add, Sub, Mul, Div, and Mod of whole numbers, of two constants.
#pragma once

#include <string>

#include "formats/exchange/onnx_tensor.h"

namespace karnin {

/// Element by element, broadcast to each other. Throws ShapeError where they don't fit, for whole
/// numbers whose result doesn't, and for sizes that aren't divided by something above 0.
OnnxConstant fold_arithmetic(OnnxSource& source, const std::string& op, const OnnxConstant& a,
                             const OnnxConstant& b);

}  // namespace karnin
