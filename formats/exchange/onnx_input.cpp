#include "formats/exchange/onnx_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "formats/exchange/onnx_node.h"
#include "formats/io/printable.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

/// Ops that go on in whatever order their input comes.
constexpr auto kOrderless = std::to_array<std::string_view>(
    {"Add", "Cast", "Clip", "Div", "Dropout", "Identity", "Mul", "Relu", "Sub"});

std::int64_t dimension(const onnx::TensorShapeProto& shape, int axis) {
  const auto& dim = shape.dim(axis);
  if (dim.has_dim_value() && dim.dim_value() > 0) return dim.dim_value();
  if (axis == 0) return kFreeBatch;
  throw ShapeError(fmt::format("expected a size for dimension {}, got '{}'", axis,
                               printable_line(dim.dim_param())));
}

Dims dims_of_input(const onnx::TypeProto& type) {
  using Type = onnx::TensorProto;
  const int element = type.tensor_type().elem_type();
  if (element != Type::FLOAT && element != Type::DOUBLE && element != Type::FLOAT16 &&
      element != Type::BFLOAT16)
    throw ShapeError(fmt::format("expected real numbers, got data type {}", element));
  const onnx::TensorShapeProto& shape = type.tensor_type().shape();
  if (shape.dim_size() < 1 || shape.dim_size() > static_cast<int>(kMaxOnnxRank))
    throw ShapeError(fmt::format("expected a batch and at most {} more dimensions, got {} in all",
                                 kMaxOnnxRank - 1, shape.dim_size()));
  Dims dims;
  for (int axis = 0; axis < shape.dim_size(); ++axis) dims.push_back(dimension(shape, axis));
  return dims;
}

/// Of a Transpose: whether the last axis comes before all others but the batch.
bool puts_last_first(const onnx::NodeProto& node, std::int64_t rank) {
  Integers wanted{0, rank - 1};
  for (std::int64_t axis = 1; axis < rank - 1; ++axis) wanted.push_back(axis);
  return std::ranges::any_of(node.attribute(), [&](const onnx::AttributeProto& attribute) {
    return attribute.name() == "perm" && std::ranges::equal(attribute.ints(), wanted);
  });
}

bool has_channels_last(const onnx::GraphProto& graph, const std::string& input, std::size_t rank) {
  if (rank != 3 && rank != 4) return false;
  std::set<std::string_view> same{input};
  for (const onnx::NodeProto& node : graph.node()) {
    const auto is_same = [&](const std::string& name) { return same.contains(name); };
    if (std::ranges::none_of(node.input(), is_same)) continue;
    if (node.op_type() == "Transpose")
      return puts_last_first(node, static_cast<std::int64_t>(rank));
    if (std::ranges::find(kOrderless, node.op_type()) == kOrderless.end()) return false;
    same.insert(node.output().begin(), node.output().end());
  }
  return false;
}

}  // namespace

OnnxView read_input(OnnxDraft& draft, const onnx::GraphProto& graph,
                    const onnx::ValueInfoProto& input, bool batched) {
  try {
    const Dims dims = dims_of_input(input.type());
    const bool channels_last =
        (batched || dims[0] == 1) && has_channels_last(graph, input.name(), dims.size());
    return draft.set_input(dims, batched, channels_last);
  } catch (const Error& error) {
    throw ShapeError(fmt::format("input '{}': {}", printable_line(input.name()), error.what()));
  }
}

bool is_one_image(const onnx::ValueInfoProto& input) {
  const onnx::TensorShapeProto& shape = input.type().tensor_type().shape();
  return shape.dim_size() > 0 && shape.dim(0).dim_value() == 1;
}

}  // namespace karnin
