// Who makes and who reads which value of an ONNX graph, and which nodes its outputs need.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace karnin {

class OnnxWiring {
 public:
  /// The graph must outlive it. Throws ShapeError for a value that two nodes give.
  OnnxWiring(const onnx::GraphProto& graph, std::int64_t opset);

  bool is_needed(const onnx::NodeProto& node) const { return needed_.contains(&node); }

  /// How often needed nodes and outputs of the graph read a value.
  int reads(const std::string& name) const;

  // For messages: "node 'conv1' (Conv, opset 13)".
  std::string label_of(const onnx::NodeProto& node) const;
  /// Of the first node that reads the value.
  std::string reader_label(const std::string& name) const;
  /// Of the node that gives this output of the graph, and the output's name.
  std::string output_label(int output) const;

 private:
  void read(const std::string& name);

  const onnx::GraphProto& graph_;
  std::int64_t opset_;
  std::unordered_map<std::string_view, const onnx::NodeProto*> makers_;  ///< by value
  std::unordered_map<std::string_view, int> reads_;                      ///< by value
  std::unordered_set<const onnx::NodeProto*> needed_;
  std::vector<const onnx::NodeProto*> open_;  ///< needed, of which nobody has looked at the inputs
};

}  // namespace karnin
