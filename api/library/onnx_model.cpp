#include "api/library/foreign_model.h"
#include "formats/exchange/onnx_reader.h"
#include "formats/exchange/onnx_writer.h"

namespace karnin::api {

Model read_foreign_model(const std::filesystem::path& path) { return read_onnx(path); }
Model decode_foreign_model(std::span<const std::uint8_t> bytes) {
  return decode_onnx(bytes, "memory");
}
std::vector<std::uint8_t> encode_foreign_model(const Model& model) { return encode_onnx(model); }

}  // namespace karnin::api
