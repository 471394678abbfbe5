// Values of a tensor that stand in another file.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

#include "formats/exchange/onnx_source.h"

namespace karnin {

/// The bytes of `count` values that the tensor refers to, in a regular file in the source's folder
/// or below, also when its symlinks are followed; counted and spent before they are read. Throws
/// ArgumentError where there may be no such files, for a place outside of the folder or a length
/// that is another, FileError for a file that cannot be read.
std::string read_external(const onnx::TensorProto& tensor, OnnxSource& source, std::uint64_t count,
                          std::uint64_t width);

}  // namespace karnin
