// Tensors as an ONNX file holds them: raw or typed, dense or sparse, inside or in a file beside it.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <string>

#include "formats/exchange/onnx_constants.h"

namespace karnin {

/// Where tensors come from, and how much may still be made of what is there.
struct OnnxSource {
  std::string path;                 ///< for messages
  std::filesystem::path directory;  ///< where other files may be; none if empty
  std::uint64_t allowance = 0;      ///< bytes

  /// Before so many values are made, eight bytes each at most. Throws ArgumentError when that is
  /// more than is left.
  void spend(std::int64_t values);
};

/// float, double, float16 and bfloat16 become reals, whole numbers and bool integers. Throws
/// ArgumentError, which names the tensor, for what makes no sense.
OnnxConstant read_tensor(const onnx::TensorProto& tensor, OnnxSource& source);
OnnxConstant read_tensor(const onnx::SparseTensorProto& tensor, OnnxSource& source);

}  // namespace karnin
