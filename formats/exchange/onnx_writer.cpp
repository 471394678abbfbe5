#include "formats/exchange/onnx_writer.h"

#include <fmt/format.h>

#include "formats/exchange/onnx_bounds.h"
#include "formats/exchange/onnx_export.h"
#include "formats/exchange/onnx_metadata.h"
#include "runtime/core/error.h"

namespace karnin {

std::vector<std::uint8_t> encode_onnx(const Model& model, const OnnxWriteOptions& options) {
  validate(model);
  OnnxExport graph(model);
  graph.write();
  onnx::ModelProto head;
  head.set_ir_version(kWrittenIrVersion);
  head.set_producer_name("karnin-cpu");
  head.add_opset_import()->set_version(kWrittenOpset);
  write_metadata(model, head);
  std::vector<std::uint8_t> bytes =
      serialised(head, graph.proto(), graph.weights(), options.sparse);
  if (bytes.size() > kMaxOnnxBytes)
    throw ArgumentError(fmt::format("an ONNX file: expected at most {} bytes, got {}",
                                    kMaxOnnxBytes, bytes.size()));
  return bytes;
}

}  // namespace karnin
