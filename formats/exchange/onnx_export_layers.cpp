// Conv, Gemm, PRelu, BatchNormalization; Mul and Add of channels.
#include <algorithm>

#include "formats/exchange/onnx_export_ops.h"

namespace karnin {
namespace {

/// The shape of one number a channel, broadcast to a value of either form.
Dims channel_dims(const OnnxExport& out, NodeId id, bool flat) {
  const std::int64_t c = out.extent(id).c;
  return flat ? Dims{c} : Dims{c, 1, 1};
}

bool are_all(std::span<const float> values, float value) {
  return std::ranges::all_of(values, [&](float each) { return each == value; });
}

}  // namespace

/// The weights lie as ours do. Of the pads all beginnings come first, then all ends.
OnnxWritten write_op(OnnxExport& out, NodeId id, const Conv2d& op) {
  onnx::NodeProto& node = out.add(
      id, "Conv", {out.image(id), out.tensor(id, Role::weight), out.tensor(id, Role::bias)});
  put(node, "kernel_shape", {op.kh, op.kw});
  put(node, "strides", {op.sh, op.sw});
  put(node, "pads", {op.ph.l, op.pw.l, op.ph.r, op.pw.r});
  put(node, "dilations", {op.dh, op.dw});
  put(node, "group", op.groups);
  return {node.output(0), false};
}

/// Ours are (oc, ic): the transposed of what Gemm multiplies by unless it is told.
OnnxWritten write_op(OnnxExport& out, NodeId id, const FullyConnected& /*op*/) {
  onnx::NodeProto& node =
      out.add(id, "Gemm", {out.flat(id), out.tensor(id, Role::weight), out.tensor(id, Role::bias)});
  put(node, "transB", std::int64_t{1});
  return {node.output(0), true};
}

OnnxWritten write_op(OnnxExport& out, NodeId id, const PRelu& /*op*/) {
  const auto [names, flat] = out.alike(id);
  const std::string slopes = out.tensor(id, Role::slope, channel_dims(out, id, flat));
  return {out.add(id, "PRelu", {names.front(), slopes}).output(0), flat};
}

/// Scale, shift, mean, variance is also the order of its inputs.
OnnxWritten write_op(OnnxExport& out, NodeId id, const BatchNorm& op) {
  auto [inputs, flat] = out.alike(id);
  for (const Role role : {Role::scale, Role::shift, Role::mean, Role::variance})
    inputs.push_back(out.tensor(id, role));
  onnx::NodeProto& node = out.add(id, "BatchNormalization", inputs);
  put(node, "epsilon", op.epsilon);
  return {node.output(0), flat};
}

/// One node where the factors are 1 or the summands 0, which is how most came about.
OnnxWritten write_op(OnnxExport& out, NodeId id, const ChannelAffine& /*op*/) {
  const auto [names, flat] = out.alike(id);
  const Dims dims = channel_dims(out, id, flat);
  const bool scales = !are_all(out.values(id, Role::scale), 1);
  const bool shifts = !scales || !are_all(out.values(id, Role::shift), 0);
  std::string from = names.front();
  if (scales) {
    const std::string factors = out.tensor(id, Role::scale, dims);
    if (!shifts) return {out.add(id, "Mul", {from, factors}).output(0), flat};
    from = out.add(out.name(id, "_scaled"), "Mul", {from, factors}).output(0);
  }
  return {out.add(id, "Add", {from, out.tensor(id, Role::shift, dims)}).output(0), flat};
}

}  // namespace karnin
