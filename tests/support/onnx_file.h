// ONNX files, written message by message for tests.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

namespace karnin::test {

class OnnxFile {
 public:
  /// Without input, nodes or output.
  explicit OnnxFile(std::int64_t opset = 13);

  /// Sizes below 1 are left open, under a name.
  OnnxFile& input(const std::string& name, const std::vector<std::int64_t>& dims);
  OnnxFile& output(const std::string& name);

  OnnxFile& reals(const std::string& name, const std::vector<std::int64_t>& dims,
                  const std::vector<float>& values);
  OnnxFile& integers(const std::string& name, const std::vector<std::int64_t>& dims,
                     const std::vector<std::int64_t>& values);
  OnnxFile& integers(const std::string& name, const std::vector<std::int64_t>& values) {
    return integers(name, {static_cast<std::int64_t>(values.size())}, values);
  }
  onnx::TensorProto& tensor(const std::string& name, const std::vector<std::int64_t>& dims,
                            int type);

  /// Attributes that follow are the last node's.
  OnnxFile& node(const std::string& op, const std::vector<std::string>& inputs,
                 const std::string& output);
  OnnxFile& with(const std::string& attribute, int value);
  OnnxFile& with(const std::string& attribute, float value);
  OnnxFile& with(const std::string& attribute, const char* value);
  OnnxFile& with(const std::string& attribute, const std::vector<std::int64_t>& values);

  onnx::ModelProto& proto() { return model_; }
  std::vector<std::uint8_t> bytes() const;

 private:
  onnx::AttributeProto& attribute(const std::string& name,
                                  onnx::AttributeProto::AttributeType type);

  onnx::ModelProto model_;
};

}  // namespace karnin::test
