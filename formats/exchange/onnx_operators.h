// Which operators there are, and who builds them.
#pragma once

#include "formats/exchange/onnx_draft.h"
#include "formats/exchange/onnx_node.h"

namespace karnin {

/// Adds what the node computes to the draft, or works it out where all of it is known; gives the
/// node's output that is asked for. Throws ShapeError or ArgumentError for what the network cannot
/// have.
using OnnxBuilder = OnnxValue (*)(OnnxDraft& draft, const OnnxNode& node);

struct OnnxOperator {
  std::string_view name;
  std::int64_t since = 1;  ///< the first opset that means what the builder takes it for
  OnnxBuilder build = nullptr;
  bool gives_all = false;  ///< of its outputs, or the first one alone
};

/// All of them, by name.
std::span<const OnnxOperator> onnx_operators();

/// An operator of ONNX's own domain; nothing for one that isn't known.
const OnnxOperator* find_onnx_operator(std::string_view name);

// One group of operators a file of this name; in each the builders of the table in
// onnx_operators.cpp.
OnnxValue build_convolution(OnnxDraft& draft, const OnnxNode& node);

OnnxValue build_pool(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_global_pool(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_reduction(OnnxDraft& draft, const OnnxNode& node);

OnnxValue build_gemm(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_matmul(OnnxDraft& draft, const OnnxNode& node);

OnnxValue build_batch_norm(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_softmax(OnnxDraft& draft, const OnnxNode& node);

OnnxValue build_relu(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_activation(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_selu(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_celu(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_clip(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_bound(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_prelu(OnnxDraft& draft, const OnnxNode& node);

OnnxValue build_dropout(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_identity(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_cast(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_cast_like(OnnxDraft& draft, const OnnxNode& node);

OnnxValue build_arithmetic(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_tile(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_resize(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_expand(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_sum(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_negation(OnnxDraft& draft, const OnnxNode& node);
OnnxValue fold_remainder(OnnxDraft& draft, const OnnxNode& node);

OnnxValue build_concat(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_pad(OnnxDraft& draft, const OnnxNode& node);

OnnxValue build_reshape(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_flatten(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_squeeze(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_unsqueeze(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_transpose(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_shape(OnnxDraft& draft, const OnnxNode& node);

OnnxValue build_slice(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_split(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_gather(OnnxDraft& draft, const OnnxNode& node);

OnnxValue build_depth_to_space(OnnxDraft& draft, const OnnxNode& node);
OnnxValue build_space_to_depth(OnnxDraft& draft, const OnnxNode& node);

OnnxValue fold_constant(OnnxDraft& draft, const OnnxNode& node);
OnnxValue fold_constant_of_shape(OnnxDraft& draft, const OnnxNode& node);
OnnxValue fold_dequantize(OnnxDraft& draft, const OnnxNode& node);

}  // namespace karnin
