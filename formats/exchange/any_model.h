// A model as whoever made it wrote it: this project's file, or ONNX.
#pragma once

#include <filesystem>

#include "runtime/graph/compact_model.h"

namespace karnin {

/// A file whose name ends with .onnx is one of ONNX. Throws FileError.
Model read_any_model(const std::filesystem::path& path);

/// A checkpoint stands for its model, too.
Model read_any_model_or_checkpoint(const std::filesystem::path& path);

/// As read_any_model(), for inference.
CompactModel read_any_compact_model(const std::filesystem::path& path);

bool is_onnx(const std::filesystem::path& path);

}  // namespace karnin
