// A network's weights alone, in a safetensors file, under the names that PyTorch has for them:
// "conv1.weight" and "conv1.bias" of node conv1; of a batch norm "weight", "bias", "running_mean"
// and "running_var"; of a PRelu "weight"; of a channel affine "weight" and "bias". What the network
// is the file doesn't say.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "runtime/graph/model.h"

namespace karnin {

bool is_safetensors(const std::filesystem::path& path);  ///< by its name

/// Every parameter, as F32; pruned weights are zeros. Throws ShapeError for a model that isn't
/// sound.
std::vector<std::uint8_t> encode_safetensors(const Model& model);

/// `network`, but for its history, with the weights of a file: F16, BF16, F32 or F64, each of
/// exactly the name and shape that the network asks for. All names may have something in front that
/// they share ("model."); a layer may lack its bias, which is 0 then; the counters of PyTorch's
/// batch norms are left out. Throws FileError for everything else, and lists what was expected and
/// what is there instead.
Model decode_safetensors(std::span<const std::uint8_t> bytes, const std::string& path,
                         ModelDescription network);
Model read_safetensors(const std::filesystem::path& path, ModelDescription network);

}  // namespace karnin
