// Ops that work on constants alone: what exporters leave of shapes that they compute, and of
// weights that they hold in another form.
#include "formats/exchange/onnx_broadcast.h"
#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

template <typename T>
OnnxConstant filled(const Dims& dims, T value) {
  return {dims, std::vector<T>(static_cast<std::size_t>(element_count(dims)), value)};
}

/// One scale or zero point, or one for each index of `axis`, with dimensions to be broadcast.
OnnxConstant along_axis(const OnnxConstant& constant, std::int64_t axis, std::size_t rank) {
  if (constant.size() == 1) return constant.with_dims({});
  Dims dims(rank, 1);
  dims[checked_axis(axis, rank)] = static_cast<std::int64_t>(constant.size());
  return constant.with_dims(std::move(dims));
}

}  // namespace

OnnxValue fold_constant(OnnxDraft& draft, const OnnxNode& node) {
  if (const auto* tensor = node.tensor("value")) return read_tensor(*tensor, draft.source());
  if (const auto* sparse = node.sparse_tensor("sparse_value"))
    return read_tensor(*sparse, draft.source());
  if (node.has_attribute("value_float"))
    return OnnxConstant({}, Reals{node.real("value_float", 0.0F)});
  if (node.has_attribute("value_int"))
    return OnnxConstant({}, Integers{node.integer("value_int", 0)});
  if (const auto reals = node.reals("value_floats"))
    return OnnxConstant({std::ssize(*reals)}, *reals);
  if (const auto whole = node.integers("value_ints"))
    return OnnxConstant({std::ssize(*whole)}, *whole);
  OnnxNode::fail("expected a value of numbers, got none");
}

/// Many values from few: the allowance is what bounds them.
OnnxValue fold_constant_of_shape(OnnxDraft& draft, const OnnxNode& node) {
  const Dims& dims = node.integers_at(0);
  require_rank(dims);
  for (const std::int64_t dim : dims)
    OnnxNode::require(dim == 0 || dim % kFreeBatch != 0,
                      "expected a shape without the batch, got " + to_string(dims));
  const auto* tensor = node.tensor("value");
  const OnnxConstant value =
      tensor == nullptr ? OnnxConstant({}, Reals{0.0F}) : read_tensor(*tensor, draft.source());
  OnnxNode::require(value.size() == 1,
                    "value: expected one number, got " + to_string(value.dims()));
  draft.source().spend(work_of(dims));
  return value.visit([&](const auto& values) { return filled(dims, values.front()); });
}

/// (x - zero point) * scale, either of which is one for all or one for each index of an axis.
OnnxValue fold_dequantize(OnnxDraft& draft, const OnnxNode& node) {
  const OnnxConstant& src = node.constant(0);
  const Integers& whole = node.integers_at(0);
  OnnxNode::require(node.integer("block_size", 0) == 0, "block_size: expected 0");
  node.integer("output_dtype", 0);  // a real type, and all of them are float here
  const std::size_t rank = src.dims().size();
  node.reals_at(1);
  const std::int64_t axis = node.integer("axis", 1);
  const OnnxConstant scale = along_axis(node.constant(1), axis, rank);
  const OnnxConstant zero =
      node.has(2) ? along_axis(node.constant(2), axis, rank) : OnnxConstant({}, Integers{0});
  OnnxNode::require(!zero.is_real() && broadcast_dims(scale.dims(), src.dims()) == src.dims() &&
                        broadcast_dims(zero.dims(), src.dims()) == src.dims(),
                    "expected a scale and a zero point for " + to_string(src.dims()));
  draft.source().spend(3 * static_cast<std::int64_t>(src.size()));
  const Integers scales = broadcast_places(scale.dims(), src.dims()),
                 zeros = broadcast_places(zero.dims(), src.dims());
  Reals values(src.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = (static_cast<float>(whole[i]) -
                 static_cast<float>(zero.integers()[static_cast<std::size_t>(zeros[i])])) *
                scale.reals()[static_cast<std::size_t>(scales[i])];
  return OnnxConstant(src.dims(), std::move(values));
}

}  // namespace karnin
