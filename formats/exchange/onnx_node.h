// One node of an ONNX file: its attributes, each asked for by name, and what it reads.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "formats/exchange/onnx_view.h"

namespace karnin {

/// Whatever is asked for and isn't there, or is of another kind, is a ShapeError, as is fail(): who
/// knows the file puts it and label() in front.
class OnnxNode {
 public:
  /// inputs[i] is nothing where the node leaves it out. The message must outlive the node.
  OnnxNode(const onnx::NodeProto& proto, std::int64_t opset,
           std::vector<std::optional<OnnxValue>> inputs, int output = 0);

  const std::string& op() const { return proto_.op_type(); }
  std::int64_t opset() const { return opset_; }
  std::string name() const;   ///< its own, or that of its output; never empty
  std::string label() const;  ///< "node 'conv1' (Conv, opset 13)"

  std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  float real(std::string_view name, float otherwise) const;
  std::string text(std::string_view name, std::string_view otherwise) const;
  std::optional<Integers> integers(std::string_view name) const;
  std::optional<Reals> reals(std::string_view name) const;
  const onnx::TensorProto* tensor(std::string_view name) const;
  const onnx::SparseTensorProto* sparse_tensor(std::string_view name) const;
  bool has_attribute(std::string_view name) const { return find(name) != nullptr; }

  /// Throws for an attribute that nobody has asked for: it may change what the node means.
  void expect_attributes_known() const;

  std::size_t input_count() const { return inputs_.size(); }
  int output_count() const { return proto_.output_size(); }
  int output() const { return output_; }  ///< the one that is asked for
  bool has(std::size_t i) const { return i < inputs_.size() && inputs_[i].has_value(); }
  bool is_constant(std::size_t i) const;
  const OnnxValue& value(std::size_t i) const;
  const OnnxView& view(std::size_t i) const;
  const OnnxConstant& constant(std::size_t i) const;
  /// A constant of whole numbers, or of reals.
  const Integers& integers_at(std::size_t i) const;
  const Reals& reals_at(std::size_t i) const;

  [[noreturn]] static void fail(const std::string& problem);
  [[noreturn]] static void refuse(const OnnxGuise& guise);
  static void require(bool holds, const std::string& problem) {
    if (!holds) fail(problem);
  }

 private:
  const onnx::AttributeProto* find(std::string_view name) const;
  const onnx::AttributeProto* find(std::string_view name, onnx::AttributeProto::AttributeType type,
                                   std::string_view kind) const;

  const onnx::NodeProto& proto_;
  std::int64_t opset_;
  std::vector<std::optional<OnnxValue>> inputs_;
  int output_;
  mutable std::set<std::string, std::less<>> asked_;  ///< attributes that somebody knows
};

/// `axis` of so many, counted from the end where it is negative. Throws ShapeError.
std::size_t checked_axis(std::int64_t axis, std::size_t rank);

/// "2x3x4", "Nx3" for a free batch, "4Nx3" for one that is joined with 4 positions, "a scalar" for
/// no dimensions.
std::string to_string(const Dims& dims);

}  // namespace karnin
