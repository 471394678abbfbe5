// Models in the formats of others. There is one of two implementations: with ONNX, or with a
// message.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "runtime/graph/model.h"

namespace karnin::api {

/// Any file but ours. Throws FileError.
Model read_foreign_model(const std::filesystem::path& path);
Model decode_foreign_model(std::span<const std::uint8_t> bytes);

/// An ONNX file. Throws what encode_onnx() does.
std::vector<std::uint8_t> encode_foreign_model(const Model& model);

}  // namespace karnin::api
