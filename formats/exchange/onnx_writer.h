// Networks of ours as ONNX files that others read.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/graph/model.h"

namespace karnin {

inline constexpr std::int64_t kWrittenOpset = 17;
inline constexpr std::int64_t kWrittenIrVersion = 8;

struct OnnxWriteOptions {
  bool sparse = false;  ///< tensors of many zeros by the others, where that takes fewer bytes
};

/// The network, of a free batch "N", taking what it takes behind its preprocessing, which is noted
/// in the file (onnx_metadata.h). Nodes, input and outputs have the names of our nodes; pruned
/// weights are zeros. Needs memory for the file and, beside it, little. Throws ShapeError for a
/// model that isn't sound, ArgumentError where the file would exceed kMaxOnnxBytes.
std::vector<std::uint8_t> encode_onnx(const Model& model, const OnnxWriteOptions& options = {});

}  // namespace karnin
