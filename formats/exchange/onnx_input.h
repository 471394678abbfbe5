// What a network takes in.
#pragma once

#include <onnx/onnx_pb.h>

#include "formats/exchange/onnx_draft.h"

namespace karnin {

/// The draft's input, by what the graph says of it, with a batch or as one image. Images whose
/// first reader is a Transpose that puts the last axis before the others have their channels last.
/// Throws ShapeError.
OnnxView read_input(OnnxDraft& draft, const onnx::GraphProto& graph,
                    const onnx::ValueInfoProto& input, bool batched);

/// Whether the input is for one image, and no more.
bool is_one_image(const onnx::ValueInfoProto& input);

}  // namespace karnin
