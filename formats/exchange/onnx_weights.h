// The tensors of an ONNX file that is written, which are most of it: they go into the file one
// after the other, and never are messages, of which each would be another copy.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/core/tensor.h"

namespace karnin {

struct OnnxWeights {
  std::string name;
  Dims dims;
  std::span<const float> values;
};

/// The bytes of `model` with `graph`, to which these are added as initializers; with `sparse` as
/// sparse ones where these take fewer bytes and a file of that size may make the tensors.
std::vector<std::uint8_t> serialised(const onnx::ModelProto& model, const onnx::GraphProto& graph,
                                     std::span<const OnnxWeights> weights, bool sparse);

}  // namespace karnin
