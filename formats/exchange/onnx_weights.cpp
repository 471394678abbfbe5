#include "formats/exchange/onnx_weights.h"

#include <algorithm>

#include "formats/exchange/onnx_bounds.h"
#include "formats/io/byte_writer.h"

namespace karnin {
namespace {

/// In protobuf's encoding what comes before a field of so many bytes: number, wire type and length.
void put_head(ByteWriter& writer, int field, std::uint64_t bytes) {
  constexpr std::uint64_t kLengthDelimited = 2;
  writer.varint(static_cast<std::uint64_t>(field) << 3 | kLengthDelimited);
  writer.varint(bytes);
}

void put_field(ByteWriter& writer, int field, const std::string& bytes) {
  put_head(writer, field, bytes.size());
  writer.text(bytes);
}

onnx::TensorProto without_values(const std::string& name, const auto& dims, int type) {
  onnx::TensorProto tensor;
  for (const std::int64_t dim : dims) tensor.add_dims(dim);
  tensor.set_data_type(type);
  tensor.set_name(name);
  return tensor;
}

/// A message whose last field, the values, follows its first ones without a copy between.
void put_dense(ByteWriter& writer, const OnnxWeights& weights) {
  ByteWriter head;
  head.text(
      without_values(weights.name, weights.dims, onnx::TensorProto::FLOAT).SerializeAsString());
  put_head(head, onnx::TensorProto::kRawDataFieldNumber, weights.values.size_bytes());
  put_head(writer, onnx::GraphProto::kInitializerFieldNumber,
           head.span().size() + weights.values.size_bytes());
  writer.bytes(head.span());
  writer.floats(weights.values);
}

/// By flat indices, in ascending order.
void put_sparse(ByteWriter& writer, const OnnxWeights& weights) {
  std::vector<float> values;
  std::vector<std::int64_t> indices;
  for (std::size_t i = 0; i < weights.values.size(); ++i) {
    if (weights.values[i] == 0.0F) continue;
    values.push_back(weights.values[i]);
    indices.push_back(static_cast<std::int64_t>(i));
  }
  const Dims kept{static_cast<std::int64_t>(values.size())};
  onnx::SparseTensorProto tensor;
  for (const std::int64_t dim : weights.dims) tensor.add_dims(dim);
  *tensor.mutable_values() = without_values(weights.name, kept, onnx::TensorProto::FLOAT);
  tensor.mutable_values()->set_raw_data(values.data(), values.size() * sizeof(float));
  *tensor.mutable_indices() =
      without_values(weights.name + "_indices", kept, onnx::TensorProto::INT64);
  tensor.mutable_indices()->set_raw_data(indices.data(), indices.size() * sizeof(std::int64_t));
  put_field(writer, onnx::GraphProto::kSparseInitializerFieldNumber, tensor.SerializeAsString());
}

/// Which tensors are sparse in a file: those that take fewer bytes so, and whose zeros our reader,
/// which makes tensors in proportion to the file, has room for. The reader makes each value twice,
/// of the tensor and of the network, and counts eight bytes for it.
class SparseChoice {
 public:
  /// Asked once for each tensor. One of nothing but zeros stays dense: some readers take no sparse
  /// one without values.
  bool takes(std::span<const float> values) {
    constexpr std::uint64_t kBytesOfOne = sizeof(float) + sizeof(std::int64_t);
    const std::uint64_t all = values.size();
    const std::uint64_t kept = all - static_cast<std::uint64_t>(std::ranges::count(values, 0.0F));
    if (kept == 0 || kept * kBytesOfOne >= values.size_bytes()) return false;
    const std::uint64_t room = room_ + kOnnxFactor * kBytesOfOne * kept;
    const std::uint64_t made = 2 * sizeof(std::int64_t) * (all + kept);
    if (made > room) return false;
    room_ = room - made;
    return true;
  }

 private:
  std::uint64_t room_ = kOnnxFloor / 2;  // the other half is for what else a reader makes
};

}  // namespace

/// The graph's length comes before it and is known behind it: so what is in front of it is put
/// there last.
std::vector<std::uint8_t> serialised(const onnx::ModelProto& model, const onnx::GraphProto& graph,
                                     std::span<const OnnxWeights> weights, bool sparse) {
  constexpr std::size_t kMostHead = 128;  // of a tensor, beside its name
  const std::string around = model.SerializeAsString();
  ByteWriter body;
  std::size_t room = around.size() + graph.ByteSizeLong() + kMostHead;
  for (const OnnxWeights& each : weights)
    room += kMostHead + each.name.size() + each.values.size_bytes();
  body.reserve(room);
  body.text(graph.SerializeAsString());
  SparseChoice choice;
  for (const OnnxWeights& each : weights)
    sparse&& choice.takes(each.values) ? put_sparse(body, each) : put_dense(body, each);
  ByteWriter head;
  head.text(around);
  put_head(head, onnx::ModelProto::kGraphFieldNumber, body.span().size());
  std::vector<std::uint8_t> bytes = body.take();
  bytes.insert(bytes.begin(), head.span().begin(), head.span().end());
  return bytes;
}

}  // namespace karnin
