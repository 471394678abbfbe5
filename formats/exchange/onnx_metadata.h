// What an ONNX file says of a network of ours beside the network, as entries of metadata_props:
//   karnin.mean, karnin.std   JSON arrays of one number a channel, or one for all: the input of the
//                             network is (pixel / 255 - mean) / std, of pixels from 0 to 255
//   karnin.classes            a JSON array of their names
//   karnin.provenance         a JSON object: how it was trained and pruned
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

#include "runtime/graph/model.h"

namespace karnin {

void write_metadata(const ModelDescription& description, onnx::ModelProto& model);

/// Changes what the file says something of; other entries mean nothing here. Throws FileError for
/// what doesn't fit the network.
void read_metadata(const onnx::ModelProto& model, const std::string& path,
                   ModelDescription& description);

}  // namespace karnin
