#include "formats/exchange/onnx_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "formats/exchange/onnx_export_ops.h"

namespace karnin {
namespace {

onnx::AttributeProto& new_attribute(onnx::NodeProto& node, const char* name,
                                    onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

/// Floats, a free batch first.
void set_type(onnx::ValueInfoProto& value, const std::vector<std::int64_t>& dims_of_image) {
  auto& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx::TensorProto::FLOAT);
  tensor.mutable_shape()->add_dim()->set_dim_param("N");
  for (const std::int64_t dim : dims_of_image)
    tensor.mutable_shape()->add_dim()->set_dim_value(dim);
}

}  // namespace

OnnxExport::OnnxExport(const Model& model)
    : model_(model), extents_(infer_extents(model.graph)), specs_(parameter_specs(model.graph)) {
  for (const Node& node : model.graph.nodes) names_.insert(node.name);
  proto_.set_name(model.graph.name.empty() ? "network" : model.graph.name);
}

/// In our order, which is one in which every node comes behind what it reads, as ONNX wants it.
void OnnxExport::write() {
  for (NodeId id = 0; std::cmp_less(id, extents_.size()); ++id)
    written_.push_back(std::visit([&](const auto& op) { return write_op(*this, id, op); },
                                  model_.graph.node(id).op));
  for (const NodeId output : model_.graph.outputs) add_output(output);
}

const OnnxWritten& OnnxExport::source(NodeId id, std::size_t input) const {
  return written_[static_cast<std::size_t>(model_.graph.node(id).inputs[input])];
}

/// 0 is a dimension that stays: the batch.
std::string OnnxExport::image(NodeId id, std::size_t input) {
  const OnnxWritten& from = source(id, input);
  if (!from.flat) return from.name;
  const std::string to =
      integers(id, "_shape", {0, extent(model_.graph.node(id).inputs[input]).c, 1, 1});
  return add(name(id, "_image"), "Reshape", {from.name, to}).output(0);
}

std::string OnnxExport::flat(NodeId id) {
  const OnnxWritten& from = source(id);
  return from.flat ? from.name : add(name(id, "_flat"), "Flatten", {from.name}).output(0);
}

/// One that isn't flat makes all of them images: operators broadcast from the last axis on.
OnnxAlike OnnxExport::alike(NodeId id) {
  const std::size_t count = model_.graph.node(id).inputs.size();
  OnnxAlike all{{}, true};
  for (std::size_t i = 0; i < count; ++i) all.flat = all.flat && source(id, i).flat;
  for (std::size_t i = 0; i < count; ++i)
    all.names.push_back(all.flat ? source(id, i).name : image(id, i));
  return all;
}

std::string OnnxExport::tensor(NodeId id, Role role) {
  return tensor(id, role, specs_[find_parameter(specs_, id, role).value()].dims);
}

std::string OnnxExport::tensor(NodeId id, Role role, Dims dims) {
  const std::string& own = specs_[find_parameter(specs_, id, role).value()].name;
  return weights_.emplace_back(unique(own), std::move(dims), values(id, role)).name;
}

std::span<const float> OnnxExport::values(NodeId id, Role role) const {
  return model_.parameters[find_parameter(specs_, id, role).value()].value.span();
}

std::string OnnxExport::integers(NodeId id, const char* ending,
                                 const std::vector<std::int64_t>& values) {
  onnx::TensorProto& tensor = add_constant(name(id, ending), onnx::TensorProto::INT64);
  tensor.add_dims(static_cast<std::int64_t>(values.size()));
  for (const std::int64_t value : values) tensor.add_int64_data(value);
  return tensor.name();
}

std::string OnnxExport::real(NodeId id, const char* ending, float value) {
  onnx::TensorProto& tensor = add_constant(name(id, ending), onnx::TensorProto::FLOAT);
  tensor.add_float_data(value);
  return tensor.name();
}

std::string OnnxExport::name(NodeId id, const char* ending) {
  return unique(own_name(id) + ending);
}

/// Values, tensors and nodes share one set of names, of which those of our nodes come first.
std::string OnnxExport::unique(const std::string& wanted) {
  std::string name = wanted;
  for (int number = 2; !names_.insert(name).second; ++number)
    name = fmt::format("{}_{}", wanted, number);
  return name;
}

onnx::TensorProto& OnnxExport::add_constant(const std::string& name, int type) {
  onnx::TensorProto& tensor = *proto_.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  return tensor;
}

onnx::NodeProto& OnnxExport::add(NodeId id, const char* op,
                                 const std::vector<std::string>& inputs) {
  return add(own_name(id), op, inputs);
}

onnx::NodeProto& OnnxExport::add(const std::string& name, const char* op,
                                 const std::vector<std::string>& inputs) {
  onnx::NodeProto& node = *proto_.add_node();
  node.set_name(name);
  node.set_op_type(op);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(name);
  return node;
}

void OnnxExport::add_input(const std::string& name,
                           const std::vector<std::int64_t>& dims_of_image) {
  onnx::ValueInfoProto& input = *proto_.add_input();
  input.set_name(name);
  set_type(input, dims_of_image);
}

/// What comes in can't go out, nor one value twice, but for another name.
void OnnxExport::add_output(NodeId id) {
  const auto& [from, flat] = written_[static_cast<std::size_t>(id)];
  std::string own = from;
  if (is<Input>(model_.graph.node(id).op) || outputs_.contains(from))
    own = add(name(id, "_output"), "Identity", {from}).output(0);
  outputs_.insert(own);
  const auto [c, h, w] = extent(id);
  onnx::ValueInfoProto& output = *proto_.add_output();
  output.set_name(own);
  set_type(output, flat ? std::vector{c} : std::vector{c, h, w});
}

void put(onnx::NodeProto& node, const char* name, std::int64_t value) {
  new_attribute(node, name, onnx::AttributeProto::INT).set_i(value);
}

void put(onnx::NodeProto& node, const char* name, float value) {
  new_attribute(node, name, onnx::AttributeProto::FLOAT).set_f(value);
}

void put(onnx::NodeProto& node, const char* name, const std::vector<std::int64_t>& values) {
  onnx::AttributeProto& attribute = new_attribute(node, name, onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) attribute.add_ints(value);
}

}  // namespace karnin
