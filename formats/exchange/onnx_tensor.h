// Tensors as an ONNX file holds them: raw or typed, dense or sparse, inside or in a file beside it.
#pragma once

#include <onnx/onnx_pb.h>

#include "formats/exchange/onnx_constants.h"
#include "formats/exchange/onnx_source.h"

namespace karnin {

/// float, double, float16 and bfloat16 become reals, whole numbers and bool integers. Throws
/// ArgumentError, which names the tensor, for what makes no sense.
OnnxConstant read_tensor(const onnx::TensorProto& tensor, OnnxSource& source);
OnnxConstant read_tensor(const onnx::SparseTensorProto& tensor, OnnxSource& source);

}  // namespace karnin
