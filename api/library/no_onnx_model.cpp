#include "api/library/foreign_model.h"
#include "runtime/core/error.h"

namespace karnin::api {
namespace {

constexpr const char* kExpected =
    "expected a file of karnin-cpu: this library was built without ONNX";

}  // namespace

Model read_foreign_model(const std::filesystem::path& path) {
  throw FileError(path.string(), 0, kExpected);
}
Model decode_foreign_model(std::span<const std::uint8_t> /*bytes*/) {
  throw FileError("memory", 0, kExpected);
}
std::vector<std::uint8_t> encode_foreign_model(const Model& /*model*/) {
  throw ArgumentError("save: expected a name without .onnx: this library was built without ONNX");
}

}  // namespace karnin::api
