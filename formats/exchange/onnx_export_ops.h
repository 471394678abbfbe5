// Which operators of ONNX compute an op of ours: one function each, which the compiler asks for.
#pragma once

#include "formats/exchange/onnx_export.h"
#include "runtime/graph/op.h"

namespace karnin {

// Each adds the nodes for node `id`, whose op it is; all that it reads has been written. What they
// mean is that of kWrittenOpset.

// onnx_export_layers.cpp: those with tensors.
OnnxWritten write_op(OnnxExport& out, NodeId id, const Conv2d& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const FullyConnected& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const PRelu& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const BatchNorm& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const ChannelAffine& op);

// onnx_export_ops.cpp: those without.
OnnxWritten write_op(OnnxExport& out, NodeId id, const Input& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const Pool2d& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const Relu& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const Activation& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const Dropout& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const Add& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const Arithmetic& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const Concat& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const Softmax& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const Pad& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const Reshape& op);
OnnxWritten write_op(OnnxExport& out, NodeId id, const Transpose& op);

}  // namespace karnin
