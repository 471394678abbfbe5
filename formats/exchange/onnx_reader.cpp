#include "formats/exchange/onnx_reader.h"

#include <google/protobuf/io/coded_stream.h>
#include <onnx/onnx_pb.h>

#include "formats/exchange/onnx_bounds.h"
#include "formats/exchange/onnx_graph.h"
#include "formats/exchange/onnx_metadata.h"
#include "formats/io/atomic_file.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

onnx::ModelProto parse(std::span<const std::uint8_t> bytes, const std::string& path) {
  check_onnx_bounds(bytes, path);
  onnx::ModelProto model;
  google::protobuf::io::CodedInputStream input(bytes.data(), static_cast<int>(bytes.size()));
  input.SetRecursionLimit(kMaxOnnxDepth);
  if (!model.ParseFromCodedStream(&input) || !input.ConsumedEntireMessage())
    throw FileError(path, static_cast<std::uint64_t>(input.CurrentPosition()),
                    "not a sound ONNX model");
  return model;
}

OnnxSource source_of(std::size_t bytes, const std::string& path, std::filesystem::path directory) {
  return {path, std::move(directory), kOnnxFloor + kOnnxFactor * bytes, {}};
}

/// The network, and what the file says beside it.
Model read_model_of(const onnx::ModelProto& parsed, const OnnxSource& source) {
  Model model = read_graph(parsed, source);
  read_metadata(parsed, source.path, model);
  return model;
}

/// A path of its own folder is empty, which would mean none.
std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

}  // namespace

Model read_onnx(const std::filesystem::path& path) {
  std::uint64_t size = 0;
  const auto parsed = [&] {  // without the bytes, once they are understood
    const std::vector<std::uint8_t> bytes = read_file(path, kMaxOnnxBytes);
    size = bytes.size();
    return parse(bytes, path.string());
  }();
  return read_model_of(parsed, source_of(size, path.string(), folder_of(path)));
}

Model decode_onnx(std::span<const std::uint8_t> bytes, const std::string& path) {
  return read_model_of(parse(bytes, path), source_of(bytes.size(), path, {}));
}

}  // namespace karnin
