// Networks that others wrote, as ONNX files: understood whole, or refused in one line that names
// file, node, operator and opset.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "runtime/graph/model.h"

namespace karnin {

/// The network with its parameters; its images are taken as they come (a pixel is 0 to 255), unless
/// the file says otherwise (onnx_metadata.h).
/// Tensors in other files are read from the file's own folder alone. Needs at most kOnnxFloor +
/// kOnnxFactor times the bytes read, each counted once. Throws FileError.
Model read_onnx(const std::filesystem::path& path);

/// The same from memory, where no tensor may stand in another file. `path` is for messages.
Model decode_onnx(std::span<const std::uint8_t> bytes, const std::string& path);

}  // namespace karnin
