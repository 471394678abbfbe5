// A network while it is read: nodes so far, what they give, and their parameters.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "formats/exchange/onnx_tensor.h"
#include "formats/exchange/onnx_view.h"
#include "runtime/graph/model.h"

namespace karnin {

class OnnxDraft {
 public:
  /// `source` must outlive the draft.
  OnnxDraft(std::string_view name, OnnxSource& source);

  OnnxSource& source() { return source_; }

  /// Images of these dimensions, the batch first where there is one. Their channels come first or
  /// last.
  OnnxView set_input(const Dims& dims, bool batched, bool channels_last);

  /// Adds a node whose name is made unique, printable and short. Throws ShapeError.
  NodeId add(std::string_view name, Op op, std::vector<NodeId> srcs);

  /// Adds a node unless one that gives the same is there already.
  NodeId add_once(std::string_view name, const Op& op, NodeId src);

  /// All that a node gives, times a factor.
  NodeId scaled(std::string_view name, NodeId node, float factor);

  /// A name that no node gets but the one that is renamed to it: `wanted`, unless that is taken.
  std::string reserve(std::string_view wanted) { return unique_name(wanted); }
  void rename(NodeId id, const std::string& reserved) { graph_.node(id).name = reserved; }

  /// The same elements in a node of this extent, which is the node itself where it has it.
  NodeId reshaped(NodeId node, const Extent& extent);

  /// The same for an op that slides over images: an input that nobody has read in another form
  /// comes in this one.
  NodeId as_image(NodeId node, const Extent& extent);

  const Node& node(NodeId id) const { return graph_.node(id); }
  const Extent& extent(NodeId id) const { return extents_[static_cast<std::size_t>(id)]; }

  /// One of the tensors of a node, of as many values as its shape asks for. Throws ShapeError
  /// unless these are that many, and finite.
  void set(NodeId id, Role role, const Reals& values);
  Tensor& parameter(NodeId id, Role role) { return parameters_.at({id, role}); }

  /// The network of which these are the answers; nodes that don't lead to them are left out.
  /// Throws ShapeError where it isn't sound. The draft is of no use then.
  Model finish(std::vector<NodeId> outputs);

 private:
  std::string unique_name(std::string_view wanted);
  /// Which nodes an output needs, by id; always the input.
  std::vector<bool> needed(const std::vector<NodeId>& outputs) const;

  OnnxSource& source_;
  Graph graph_;
  std::vector<Extent> extents_;
  std::map<std::pair<NodeId, Role>, Tensor> parameters_;
  std::map<std::string, int, std::less<>> names_;  ///< and how many nodes wanted each
  Dims input_dims_;
  bool input_read_ = false;
};

/// What a node gives where nobody wants it otherwise: of a batch (N, C), (N, C, L) and (N, C, H,
/// W), of more dimensions all behind H as one. Without a batch a first dimension of 1 counts as
/// one.
Extent natural_extent(const OnnxView& view);

}  // namespace karnin
