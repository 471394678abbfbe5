// Gemm and MatMul with constant weights.
#include <fmt/format.h>

#include <array>

#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

/// A constant matrix, (oc, ic) or (ic, oc), as weights are: (oc, ic) times `alpha`. Its input i is
/// where memory has feature places[i].
Reals rows_of(const OnnxConstant& matrix, bool rows_are_outputs, const Integers& places,
              float alpha) {
  OnnxNode::require(matrix.is_real(), "input 1: expected reals, got whole numbers");
  const std::size_t ic = places.size(), oc = matrix.size() / ic;
  Reals rows(matrix.size());
  for (std::size_t o = 0; o < oc; ++o)
    for (std::size_t i = 0; i < ic; ++i)
      rows[o * ic + static_cast<std::size_t>(places[i])] =
          alpha * matrix.reals()[rows_are_outputs ? o * ic + i : i * oc + o];
  return rows;
}

/// A fully connected layer over all features of an image.
NodeId connect(OnnxDraft& draft, const OnnxNode& node, bool rows_are_outputs, float alpha,
               const Reals& bias) {
  const OnnxView& src = node.view(0);
  const NodeId id = draft.add(node.name(), FullyConnected{std::ssize(bias)}, {src.node});
  draft.set(id, Role::weight, rows_of(node.constant(1), rows_are_outputs, places_of(src), alpha));
  draft.set(id, Role::bias, bias);
  return id;
}

/// The last axis of each position, by a convolution whose channels it is.
OnnxView convolve(OnnxDraft& draft, const OnnxNode& node, std::int64_t oc) {
  const OnnxView& src = node.view(0);
  const std::int64_t ic = src.dims.back();
  const auto [from, axes] = channels_first(draft, src, std::array{src.dims.size() - 1});
  const NodeId id = draft.add(node.name(), Conv2d{oc, 1, 1}, {from});
  const Integers places = offsets_of(Dims{ic}, Dims{1});
  draft.set(id, Role::weight, rows_of(node.constant(1), false, places, 1.0F));
  draft.set(id, Role::bias, Reals(static_cast<std::size_t>(oc)));
  Dims dims = src.dims;
  dims.back() = oc;
  return view_in_order(id, std::move(dims), src.batched, axes);
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

/// The last axis by ic x oc; an Add behind it becomes the layer's bias.
OnnxValue build_matmul(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxView& src = node.view(0);
  const Dims& weights = node.constant(1).dims();
  const std::span<const std::int64_t> image = src.image_dims();
  OnnxNode::require(!image.empty() && weights.size() == 2 && weights[0] == image.back(),
                    fmt::format("expected matrices that fit, got {} and {}", to_string(src.dims),
                                to_string(weights)));
  if (src.size() != image.back()) return convolve(draft, node, weights[1]);
  const Reals bias(static_cast<std::size_t>(weights[1]));
  Dims dims = src.dims;
  dims.back() = weights[1];
  return plain_view(connect(draft, node, false, 1.0F, bias), std::move(dims), src.batched);
}

}  // namespace karnin
