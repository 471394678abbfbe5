// Gemm and MatMul with constant weights.
#include <fmt/format.h>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

/// A matrix of (oc, ic) whose columns are where memory has the features of `src`.
Reals rows_of(const OnnxConstant& matrix, bool rows_are_outputs, const OnnxView& src, float alpha) {
  const std::int64_t ic = src.size();
  const std::int64_t oc = static_cast<std::int64_t>(matrix.size()) / ic;
  const Integers places = places_of(src);
  const Reals& values = matrix.reals();
  Reals rows(values.size());
  for (std::int64_t o = 0; o < oc; ++o)
    for (std::int64_t i = 0; i < ic; ++i)
      rows[static_cast<std::size_t>(o * ic + places[static_cast<std::size_t>(i)])] =
          alpha * values[static_cast<std::size_t>(rows_are_outputs ? o * ic + i : i * oc + o)];
  return rows;
}

/// A fully connected layer over all features of an image.
NodeId connect(OnnxDraft& draft, const OnnxNode& node, bool rows_are_outputs, float alpha,
               const Reals& bias) {
  const OnnxView& src = node.view(0);
  const OnnxConstant& matrix = node.constant(1);
  node.reals_at(1);
  const NodeId id =
      draft.add(node.name(), FullyConnected{static_cast<std::int64_t>(bias.size())}, {src.node});
  draft.set(id, Role::weight, rows_of(matrix, rows_are_outputs, src, alpha));
  draft.set(id, Role::bias, bias);
  return id;
}

/// `beta` times input 2, which is left out, one value, or one value an output.
Reals gemm_bias(const OnnxNode& node, std::int64_t oc) {
  Reals bias(static_cast<std::size_t>(oc), 0.0F);
  const float beta = node.real("beta", 1.0F);
  if (!node.has(2)) return bias;
  const Reals& values = node.reals_at(2);
  const Dims& dims = node.constant(2).dims();
  const bool fits = values.size() == 1 ||
                    (!dims.empty() && dims.back() == oc && std::cmp_equal(values.size(), oc));
  OnnxNode::require(fits, fmt::format("input 2: expected {} values, got {}", oc, to_string(dims)));
  for (std::size_t o = 0; o < bias.size(); ++o) bias[o] = beta * values[values.size() == 1 ? 0 : o];
  return bias;
}

}  // namespace

/// alpha x W + beta b.
OnnxValue build_gemm(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxView& src = node.view(0);
  const Dims& weights = node.constant(1).dims();
  OnnxNode::require(node.integer("transA", 0) == 0, "transA: expected 0");
  node.integer("broadcast", 1);  // opset 6: of input 2, as later always
  const bool transposed = node.integer("transB", 0) != 0;
  OnnxNode::require(
      src.dims.size() == 2 && weights.size() == 2 && weights[transposed ? 1 : 0] == src.size(),
      fmt::format("expected matrices that fit, got {} and {}", to_string(src.dims),
                  to_string(weights)));
  const std::int64_t oc = weights[transposed ? 0 : 1];
  const NodeId id = connect(draft, node, transposed, node.real("alpha", 1.0F), gemm_bias(node, oc));
  return plain_view(id, {src.dims[0], oc}, src.batched);
}

/// N x ic by ic x oc; axes of one between them stay. An Add behind it becomes the layer's bias.
OnnxValue build_matmul(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxView& src = node.view(0);
  const Dims& weights = node.constant(1).dims();
  OnnxNode::require(src.dims.size() >= 2 && weights.size() == 2 && weights[0] == src.dims.back() &&
                        src.size() == src.dims.back(),
                    fmt::format("expected matrices that fit, got {} and {}", to_string(src.dims),
                                to_string(weights)));
  const NodeId id = connect(draft, node, false, 1.0F, Reals(static_cast<std::size_t>(weights[1])));
  Dims dims = src.dims;
  dims.back() = weights[1];
  return plain_view(id, std::move(dims), src.batched);
}

}  // namespace karnin
