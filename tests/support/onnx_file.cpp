#include "tests/support/onnx_file.h"

namespace karnin::test {

using Attribute = onnx::AttributeProto;

OnnxFile::OnnxFile(std::int64_t opset) {
  model_.set_ir_version(7);
  model_.set_producer_name("karnin-test");
  model_.add_opset_import()->set_version(opset);
  model_.mutable_graph()->set_name("net");
}

OnnxFile& OnnxFile::input(const std::string& name, const std::vector<std::int64_t>& dims) {
  onnx::ValueInfoProto* input = model_.mutable_graph()->add_input();
  input->set_name(name);
  onnx::TypeProto::Tensor* type = input->mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t size : dims) {
    auto* dim = type->mutable_shape()->add_dim();
    if (size > 0)
      dim->set_dim_value(size);
    else
      dim->set_dim_param("some_" + name);
  }
  return *this;
}

OnnxFile& OnnxFile::output(const std::string& name) {
  model_.mutable_graph()->add_output()->set_name(name);
  return *this;
}

onnx::TensorProto& OnnxFile::tensor(const std::string& name, const std::vector<std::int64_t>& dims,
                                    int type) {
  onnx::TensorProto* tensor = model_.mutable_graph()->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(type);
  for (const std::int64_t dim : dims) tensor->add_dims(dim);
  return *tensor;
}

OnnxFile& OnnxFile::reals(const std::string& name, const std::vector<std::int64_t>& dims,
                          const std::vector<float>& values) {
  tensor(name, dims, onnx::TensorProto::FLOAT)
      .set_raw_data(values.data(), values.size() * sizeof(float));
  return *this;
}

OnnxFile& OnnxFile::integers(const std::string& name, const std::vector<std::int64_t>& dims,
                             const std::vector<std::int64_t>& values) {
  tensor(name, dims, onnx::TensorProto::INT64)
      .set_raw_data(values.data(), values.size() * sizeof(std::int64_t));
  return *this;
}

OnnxFile& OnnxFile::node(const std::string& op, const std::vector<std::string>& inputs,
                         const std::string& output) {
  onnx::NodeProto* node = model_.mutable_graph()->add_node();
  node->set_op_type(op);
  node->set_name(output + "_node");
  for (const std::string& input : inputs) node->add_input(input);
  node->add_output(output);
  return *this;
}

Attribute& OnnxFile::attribute(const std::string& name, Attribute::AttributeType type) {
  auto& nodes = *model_.mutable_graph()->mutable_node();
  Attribute* attribute = nodes.rbegin()->add_attribute();
  attribute->set_name(name);
  attribute->set_type(type);
  return *attribute;
}

OnnxFile& OnnxFile::with(const std::string& name, int value) {
  attribute(name, Attribute::INT).set_i(value);
  return *this;
}

OnnxFile& OnnxFile::with(const std::string& name, float value) {
  attribute(name, Attribute::FLOAT).set_f(value);
  return *this;
}

OnnxFile& OnnxFile::with(const std::string& name, const char* value) {
  attribute(name, Attribute::STRING).set_s(value);
  return *this;
}

OnnxFile& OnnxFile::with(const std::string& name, const std::vector<std::int64_t>& values) {
  Attribute& ints = attribute(name, Attribute::INTS);
  for (const std::int64_t value : values) ints.add_ints(value);
  return *this;
}

std::vector<std::uint8_t> OnnxFile::bytes() const {
  const std::string text = model_.SerializeAsString();
  return {text.begin(), text.end()};
}

}  // namespace karnin::test
