// From the messages of an ONNX file to a network: the nodes that its answers need, one after the
// other.
#pragma once

#include <onnx/onnx_pb.h>

#include "formats/exchange/onnx_tensor.h"
#include "runtime/graph/model.h"

namespace karnin {

/// Throws FileError.
Model read_graph(const onnx::ModelProto& model, const OnnxSource& source);

}  // namespace karnin
