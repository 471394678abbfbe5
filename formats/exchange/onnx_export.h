// A graph of ONNX while it is written: what each node of ours became, and the tensors that are yet
// to come.
#pragma once

#include <onnx/onnx_pb.h>

#include <set>
#include <string>
#include <vector>

#include "formats/exchange/onnx_weights.h"
#include "runtime/graph/model.h"

namespace karnin {

/// What a node gives in ONNX: N x C where it is flat, which has to have H = W = 1, or N x C x H x
/// W.
struct OnnxWritten {
  std::string name;
  bool flat = false;
};

/// Several values of one form.
struct OnnxAlike {
  std::vector<std::string> names;
  bool flat = false;
};

class OnnxExport {
 public:
  /// The model is sound (validate()), and must outlive the export.
  explicit OnnxExport(const Model& model);

  /// Once, all of it.
  void write();
  const onnx::GraphProto& proto() const { return proto_; }
  const std::vector<OnnxWeights>& weights() const { return weights_; }

  // For those who write an op, each of node `id` of ours:

  const std::string& own_name(NodeId id) const { return model_.graph.node(id).name; }
  const Extent& extent(NodeId id) const { return extents_[static_cast<std::size_t>(id)]; }
  const OnnxWritten& source(NodeId id, std::size_t input = 0) const;
  /// What it reads, as N x C x H x W, or as N x C; adds a Reshape or a Flatten where it isn't yet.
  std::string image(NodeId id, std::size_t input = 0);
  std::string flat(NodeId id);
  /// All that it reads, flat where all of it is already.
  OnnxAlike alike(NodeId id);
  /// A tensor of its parameters, also under other dimensions; the tensor's name.
  std::string tensor(NodeId id, Role role);
  std::string tensor(NodeId id, Role role, Dims dims);
  std::span<const float> values(NodeId id, Role role) const;
  /// Constants, called like the node with `ending`.
  std::string integers(NodeId id, const char* ending, const std::vector<std::int64_t>& values);
  std::string real(NodeId id, const char* ending, float value);
  /// A name that nothing has, like the node's.
  std::string name(NodeId id, const char* ending);

  /// A node whose value has the name of ours, or another one.
  onnx::NodeProto& add(NodeId id, const char* op, const std::vector<std::string>& inputs);
  onnx::NodeProto& add(const std::string& name, const char* op,
                       const std::vector<std::string>& inputs);
  /// An input of the network.
  void add_input(const std::string& name, const std::vector<std::int64_t>& dims_of_image);

 private:
  std::string unique(const std::string& wanted);
  onnx::TensorProto& add_constant(const std::string& name, int type);
  void add_output(NodeId id);

  const Model& model_;
  std::vector<Extent> extents_;
  std::vector<ParameterSpec> specs_;
  std::vector<OnnxWritten> written_;  ///< by node
  std::set<std::string> names_;
  std::set<std::string> outputs_;
  std::vector<OnnxWeights> weights_;
  onnx::GraphProto proto_;
};

// Attributes.
void put(onnx::NodeProto& node, const char* name, std::int64_t value);
void put(onnx::NodeProto& node, const char* name, float value);
void put(onnx::NodeProto& node, const char* name, const std::vector<std::int64_t>& values);

}  // namespace karnin
