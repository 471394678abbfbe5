// Gemm and MatMul with constant weights.
#include <fmt/format.h>

#include <array>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"
#include "formats/exchange/onnx_pairs.h"

namespace karnin {
namespace {

/// What input 1 is to its layer.
struct Matrix {
  bool rows_are_outputs = false;
  float alpha = 1;
  Reals bias;
};

/// A constant matrix, (oc, ic) or (ic, oc), as weights are: (oc, ic) times alpha. Its input i is
/// where memory has feature places[i].
Reals rows_of(const OnnxConstant& weights, const Matrix& matrix, const Integers& places) {
  OnnxNode::require(weights.is_real(), "input 1: expected reals, got whole numbers");
  const std::size_t ic = places.size(), oc = matrix.bias.size();
  Reals rows(weights.size());
  for (std::size_t o = 0; o < oc; ++o)
    for (std::size_t i = 0; i < ic; ++i)
      rows[o * ic + static_cast<std::size_t>(places[i])] =
          matrix.alpha * weights.reals()[matrix.rows_are_outputs ? o * ic + i : i * oc + o];
  return rows;
}

/// A fully connected layer over all features of an image.
NodeId connect(OnnxDraft& draft, const OnnxNode& node, const OnnxView& src, const Matrix& matrix) {
  const NodeId id = draft.add(node.name(), FullyConnected{std::ssize(matrix.bias)}, {src.node});
  draft.set(id, Role::weight, rows_of(node.constant(1), matrix, places_of(src)));
  draft.set(id, Role::bias, matrix.bias);
  return id;
}

/// The last axis of each position, by a convolution whose channels it is.
OnnxView convolve(OnnxDraft& draft, const OnnxNode& node, const OnnxView& src,
                  const Matrix& matrix) {
  const auto [from, axes] = channels_first(draft, src, std::array{src.dims.size() - 1});
  const NodeId id = draft.add(node.name(), Conv2d{std::ssize(matrix.bias), 1, 1}, {from});
  const Integers places = offsets_of(Dims{src.dims.back()}, Dims{1});
  draft.set(id, Role::weight, rows_of(node.constant(1), matrix, places));
  draft.set(id, Role::bias, matrix.bias);
  Dims dims = src.dims;
  dims.back() = std::ssize(matrix.bias);
  return view_in_order(id, std::move(dims), src.batched, axes);
}

OnnxView multiplied(OnnxDraft& draft, const OnnxNode& node, const OnnxView& src,
                    const Matrix& matrix) {
  if (src.size() != src.dims.back()) return convolve(draft, node, src, matrix);
  Dims dims = src.dims;
  dims.back() = std::ssize(matrix.bias);
  return plain_view(connect(draft, node, src, matrix), std::move(dims), src.batched);
}

/// Positions that are joined with the batch are rows as images are.
OnnxValue multiplied(OnnxDraft& draft, const OnnxNode& node, const Matrix& matrix) {
  const auto* guise = std::get_if<OnnxGuise>(&node.value(0));
  if (guise == nullptr || !guise->keeps_last_axis())
    return multiplied(draft, node, node.view(0), matrix);
  Dims dims = guise->dims;
  dims.back() = std::ssize(matrix.bias);
  return disguised(multiplied(draft, node, guise->view, matrix), std::move(dims));
}

/// `beta` times input 2, which is left out, one value, or one value an output. What depends on the
/// image is no bias.
Reals gemm_bias(const OnnxNode& node, std::int64_t oc) {
  Reals bias(static_cast<std::size_t>(oc), 0.0F);
  const float beta = node.real("beta", 1.0F);
  if (!node.has(2) || !node.is_constant(2)) return bias;
  const Reals& values = node.reals_at(2);
  const Dims& dims = node.constant(2).dims();
  const bool fits = values.size() == 1 ||
                    (!dims.empty() && dims.back() == oc && std::cmp_equal(values.size(), oc));
  OnnxNode::require(fits, fmt::format("input 2: expected {} values, got {}", oc, to_string(dims)));
  for (std::size_t o = 0; o < bias.size(); ++o) bias[o] = beta * values[values.size() == 1 ? 0 : o];
  return bias;
}

void require_fit(bool fit, const Dims& src, const Dims& weights) {
  OnnxNode::require(fit, fmt::format("expected matrices that fit, got {} and {}", to_string(src),
                                     to_string(weights)));
}

}  // namespace

/// alpha x W + beta b.
OnnxValue build_gemm(OnnxDraft& draft, const OnnxNode& node) {
  const Dims &src = dims_of(node.value(0)), &weights = node.constant(1).dims();
  OnnxNode::require(node.integer("transA", 0) == 0, "transA: expected 0");
  node.integer("broadcast", 1);  // opset 6: of input 2, as later always
  const bool transposed = node.integer("transB", 0) != 0;
  require_fit(src.size() == 2 && weights.size() == 2 && weights[transposed ? 1 : 0] == src.back(),
              src, weights);
  const std::int64_t oc = weights[transposed ? 0 : 1];
  const Matrix matrix{transposed, node.real("alpha", 1.0F), gemm_bias(node, oc)};
  if (!node.has(2) || node.is_constant(2)) return multiplied(draft, node, matrix);
  OnnxNode::require(node.real("beta", 1.0F) == 1, "beta: expected 1 of a value of the image");
  const OnnxView product = multiplied(draft, node, node.view(0), matrix);
  return paired(draft, node.name(), "Add", product, node.view(2));
}

/// The last axis by ic x oc; an Add behind it becomes the layer's bias.
OnnxValue build_matmul(OnnxDraft& draft, const OnnxNode& node) {
  const Dims &src = dims_of(node.value(0)), &weights = node.constant(1).dims();
  require_fit(src.size() >= 2 && weights.size() == 2 && weights[0] == src.back(), src, weights);
  return multiplied(draft, node, {.bias = Reals(static_cast<std::size_t>(weights[1]))});
}

}  // namespace karnin
