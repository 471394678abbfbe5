// Values of a tensor that stand in another file.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <string>

namespace karnin {

/// `bytes` of what the tensor refers to, which must be a regular file in `directory` or below, also
/// when its symlinks are followed. Throws ArgumentError for a place outside of it or a length that
/// is another, FileError for a file that cannot be read.
std::string read_external(const onnx::TensorProto& tensor, const std::filesystem::path& directory,
                          std::uint64_t bytes);

}  // namespace karnin
