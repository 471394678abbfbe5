#include "formats/exchange/onnx_export_ops.h"

#include <array>
#include <cmath>

namespace karnin {
namespace {

/// A node over all that ours reads, in the form that it has.
onnx::NodeProto& add_alike(OnnxExport& out, NodeId id, const char* op, bool& flat) {
  const OnnxAlike from = out.alike(id);
  flat = from.flat;
  return out.add(id, op, from.names);
}

OnnxWritten written_alike(OnnxExport& out, NodeId id, const char* op) {
  OnnxWritten result;
  result.name = add_alike(out, id, op, result.flat).output(0);
  return result;
}

/// The same along the channels.
OnnxWritten along_channels(OnnxExport& out, NodeId id, const char* op) {
  OnnxWritten result;
  onnx::NodeProto& node = add_alike(out, id, op, result.flat);
  put(node, "axis", std::int64_t{1});
  result.name = node.output(0);
  return result;
}

/// A bound that isn't there is an input without a name, or none at the end.
OnnxWritten clip(OnnxExport& out, NodeId id, const Activation& op) {
  auto [inputs, flat] = out.alike(id);
  if (std::isinf(op.alpha) && std::isinf(op.beta))
    return {out.add(id, "Identity", inputs).output(0), flat};
  inputs.push_back(std::isinf(op.alpha) ? "" : out.real(id, "_min", op.alpha));
  if (!std::isinf(op.beta)) inputs.push_back(out.real(id, "_max", op.beta));
  return {out.add(id, "Clip", inputs).output(0), flat};
}

const char* operator_of(ActivationKind kind) {
  switch (kind) {
    case ActivationKind::leaky_relu:
      return "LeakyRelu";
    case ActivationKind::clip:
      return "Clip";
    case ActivationKind::sigmoid:
      return "Sigmoid";
    case ActivationKind::tanh:
      return "Tanh";
    case ActivationKind::hard_sigmoid:
      return "HardSigmoid";
    case ActivationKind::hard_swish:
      return "HardSwish";
    case ActivationKind::elu:
      return "Elu";
  }
  return "";
}

}  // namespace

/// Where the channels of whoever made the network came last, they do so here.
OnnxWritten write_op(OnnxExport& out, NodeId id, const Input& op) {
  const auto [c, h, w] = op.extent;
  const std::string name = out.own_name(id);
  if (op.order == PixelOrder::hwc) {
    out.add_input(name, {h, w, c});
    onnx::NodeProto& node = out.add(out.name(id, "_chw"), "Transpose", {name});
    put(node, "perm", {0, 3, 1, 2});
    return {node.output(0), false};
  }
  const bool flat = h == 1 && w == 1;
  out.add_input(name, flat ? std::vector{c} : std::vector{c, h, w});
  return {name, flat};
}

/// Windows that stick out are padding here already: ceil_mode stays off.
OnnxWritten write_op(OnnxExport& out, NodeId id, const Pool2d& op) {
  const bool is_max = op.kind == PoolKind::max;
  onnx::NodeProto& node = out.add(id, is_max ? "MaxPool" : "AveragePool", {out.image(id)});
  put(node, "kernel_shape", {op.kh, op.kw});
  put(node, "strides", {op.sh, op.sw});
  put(node, "pads", {op.ph.l, op.pw.l, op.ph.r, op.pw.r});
  if (!is_max) put(node, "count_include_pad", std::int64_t{op.count_padding});
  return {node.output(0), false};
}

OnnxWritten write_op(OnnxExport& out, NodeId id, const Relu& /*op*/) {
  return written_alike(out, id, "Relu");
}

OnnxWritten write_op(OnnxExport& out, NodeId id, const Activation& op) {
  if (op.kind == ActivationKind::clip) return clip(out, id, op);
  OnnxWritten result;
  onnx::NodeProto& node = add_alike(out, id, operator_of(op.kind), result.flat);
  using enum ActivationKind;
  if (op.kind == leaky_relu || op.kind == elu || op.kind == hard_sigmoid)
    put(node, "alpha", op.alpha);
  if (op.kind == hard_sigmoid) put(node, "beta", op.beta);
  result.name = node.output(0);
  return result;
}

/// Which does nothing in inference, but remembers its rate.
OnnxWritten write_op(OnnxExport& out, NodeId id, const Dropout& op) {
  auto [inputs, flat] = out.alike(id);
  inputs.push_back(out.real(id, "_ratio", op.rate));
  return {out.add(id, "Dropout", inputs).output(0), flat};
}

OnnxWritten write_op(OnnxExport& out, NodeId id, const Add& /*op*/) {
  return written_alike(out, id, "Add");
}

OnnxWritten write_op(OnnxExport& out, NodeId id, const Arithmetic& op) {
  if (op.kind == ArithmeticKind::multiply) return written_alike(out, id, "Mul");
  return written_alike(out, id, op.kind == ArithmeticKind::subtract ? "Sub" : "Div");
}

OnnxWritten write_op(OnnxExport& out, NodeId id, const Concat& /*op*/) {
  return along_channels(out, id, "Concat");
}

OnnxWritten write_op(OnnxExport& out, NodeId id, const Softmax& op) {
  return along_channels(out, id, op.log ? "LogSoftmax" : "Softmax");
}

/// Beginnings of N, C, H, W, then their ends.
OnnxWritten write_op(OnnxExport& out, NodeId id, const Pad& op) {
  const std::string sides = out.integers(id, "_pads", {0, 0, op.h.l, op.w.l, 0, 0, op.h.r, op.w.r});
  const std::string value = out.real(id, "_value", op.value);
  return {out.add(id, "Pad", {out.image(id), sides, value}).output(0), false};
}

/// Our order, C, H, W, is the one in which ONNX counts elements. 0 stays what it was: the batch.
OnnxWritten write_op(OnnxExport& out, NodeId id, const Reshape& op) {
  const auto [c, h, w] = op.extent;
  if (h == 1 && w == 1) return {out.add(id, "Flatten", {out.source(id).name}).output(0), true};
  const std::string shape = out.integers(id, "_shape", {0, c, h, w});
  return {out.add(id, "Reshape", {out.source(id).name, shape}).output(0), false};
}

/// An input whose last axis is put first is one that has its channels last, for whoever reads it
/// (onnx_input.h); that of ours has one already. A Reshape to what it is keeps others apart.
OnnxWritten write_op(OnnxExport& out, NodeId id, const Transpose& op) {
  std::string from = out.image(id);
  if (op.order == std::array{2, 0, 1}) {
    const Extent to = out.extent(id);  // W, C, H of what it reads
    const std::string shape = out.integers(id, "_shape", {0, to.h, to.w, to.c});
    from = out.add(out.name(id, "_same"), "Reshape", {from, shape}).output(0);
  }
  onnx::NodeProto& node = out.add(id, "Transpose", {from});
  put(node, "perm", {0, 1 + op.order[0], 1 + op.order[1], 1 + op.order[2]});
  return {node.output(0), false};
}

}  // namespace karnin
