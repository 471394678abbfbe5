// A model as whoever made it wrote it: this project's file, or ONNX.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/graph/compact_model.h"

namespace karnin {

/// A file whose name ends with .onnx is one of ONNX. Throws FileError, also for weights alone
/// (.safetensors), which are read into a network (safetensors_model.h).
Model read_any_model(const std::filesystem::path& path);

/// A checkpoint stands for its model, too.
Model read_any_model_or_checkpoint(const std::filesystem::path& path);

/// As read_any_model(), for inference.
CompactModel read_any_compact_model(const std::filesystem::path& path);

/// What a network is, without weights: a built-in one for ten classes of the images that it was
/// made for, by its name; or that of a model, or of an architecture in JSON (.json). Throws
/// FileError.
ModelDescription read_any_network(const std::string& name_or_path);

bool is_onnx(const std::filesystem::path& path);

}  // namespace karnin
